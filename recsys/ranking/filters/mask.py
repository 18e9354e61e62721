"""From what a filter says to the titles that it leaves in."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.ranking.filters.fields import WORDS, Fields, Value
from recsys.ranking.filters.parse import All, Among, AnyOf, Compared, Held, Not, Said

Mask = NDArray[np.bool_]

_SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def left_in(said: Said, fields: Fields, held: Mapping[str, InternalIds]) -> Mask:
    """Return which titles a filter leaves in, bool (n_titles,).

    Parameters
    ----------
    said : Said
        As ``parse`` returns it.
    fields : Fields
        Of the catalog.
    held : mapping of str to int32
        Internal ids of the titles of the one who asks, by ``SETS``; none of a set that is missing.
    """
    match said:
        case Not(one):
            return ~left_in(one, fields, held)
        case All(several) | AnyOf(several):
            join = operator.and_ if isinstance(said, All) else operator.or_
            return reduce(join, (left_in(one, fields, held) for one in several))
        case Held(name):
            return _marked(held.get(name, np.empty(0, np.int32)), fields)
        case Among(field, values):
            return _equal(field, values, fields)
        case Compared():
            return _compared(said, fields)


def _compared(said: Compared, fields: Fields) -> Mask:
    if said.sign in {"=", "!="}:
        same = _equal(said.field, (said.value,), fields)
        return same if said.sign == "=" else _known(said.field, fields) & ~same
    mask: Mask = _SIGNS[said.sign](fields.values[said.field], said.value)
    return mask


def _equal(field: str, values: tuple[Value, ...], fields: Fields) -> Mask:
    if field not in WORDS:
        return np.isin(fields.values[field], np.array(values))
    rows = [fields.having(field, str(value)) for value in values]
    return _marked(np.concatenate(rows), fields)


def _known(field: str, fields: Fields) -> Mask:
    """Return which titles have a field at all."""
    if field not in WORDS:
        values = fields.values[field]
        return ~(np.isnat(values) if values.dtype.kind == "M" else np.isnan(values))
    return _marked(np.concatenate([np.empty(0, np.int64), *fields.words[field].values()]), fields)


def _marked(rows: NDArray[np.integer], fields: Fields) -> Mask:
    mask = np.zeros(fields.n_titles, bool)
    mask[rows] = True
    return mask
