"""Names and descriptions of titles in other languages than the catalog's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc

LONGEST_NAME: Final = 500
LONGEST_DESCRIPTION: Final = 20_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Translations:
    """Names of the titles of a table.

    Attributes
    ----------
    names : mapping of str to mapping of int to str
        By language, the names of the rows that have one in it.
    """

    names: Mapping[str, Mapping[int, str]]

    @classmethod
    def of(cls, table: pa.Table) -> Self:
        """Read them off a table of TITLES."""
        names: dict[str, dict[int, str]] = {}
        for row, tag, name in _rows(table):
            if tag and name:
                names.setdefault(tag, {}).setdefault(row, name)
        return cls(names)

    def name(self, row: int, tags: Iterable[str], otherwise: str) -> str:
        """Return the name of a row in the first of some languages that it has one in."""
        known = (self.names.get(tag, {}).get(row) for tag in tags)
        return next((name for name in known if name is not None), otherwise)

    def naming(self, tags: Iterable[str]) -> Callable[[int], str | None]:
        """Return what gives the name of a row in the first of some languages that it has one in."""
        known = [self.names[tag] for tag in tags if tag in self.names]

        def name(row: int) -> str | None:
            for names in known:
                if (found := names.get(row)) is not None:
                    return found
            return None

        return name


def _rows(table: pa.Table) -> Iterable[tuple[int, str | None, str | None]]:
    """Give row, language and name of each translation, in their order."""
    lists = table["translations"].combine_chunks()
    if lists.null_count == len(lists):
        return ()
    rows = pc.list_parent_indices(lists).to_pylist()
    each = pc.list_flatten(lists)
    tags, names = (pc.struct_field(each, one).to_pylist() for one in ("language", "name"))
    return zip(rows, tags, names, strict=True)


def languages_of(table: pa.Table) -> frozenset[str]:
    """Return into which languages anything of a table of TITLES is translated."""
    lists = table["translations"].combine_chunks()
    if lists.null_count == len(lists):
        return frozenset()
    tags = pc.unique(pc.struct_field(pc.list_flatten(lists), "language")).to_pylist()
    return frozenset(tag for tag in tags if tag)


def translated(row: Mapping[str, Any], tags: Iterable[str]) -> dict[str, str | None]:
    """Return name and description of a row of TITLES: each in the first of some languages that has it, else its own.

    Examples
    --------
    >>> fjord = {"language": "nb", "name": "Fjorden", "description": None}
    >>> translated({"name": "The Fjord", "description": "Cold.", "translations": [fjord]}, ["de", "nb"])
    {'name': 'Fjorden', 'description': 'Cold.'}
    """
    said = {one["language"]: one for one in row.get("translations") or () if one}
    known = [said[tag] for tag in tags if tag in said]
    return {
        part: next((one[part] for one in known if one.get(part)), row.get(part))
        for part in ("name", "description")
    }
