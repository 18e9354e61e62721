"""Titles that people chose for a time and a place: by id, or by a sentence of the filter language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SkipValidation,
    model_validator,
)

from recsys.context import Context
from recsys.errors import FilterError
from recsys.page.facts import Facts
from recsys.ranking.filters.mask import left_in
from recsys.ranking.filters.parse import Said, parse


def _sentence(given: object) -> Said:
    if not isinstance(given, str):
        raise ValueError(f"a filter, which is a text, got {given!r}")  # noqa: TRY004  for pydantic
    try:
        return parse(given)
    except FilterError as error:
        raise ValueError(str(error)) from None


Sentence = Annotated[Said, SkipValidation, BeforeValidator(_sentence)]
"""A filter, parsed when the file that holds it is read."""


class Chosen(BaseModel):
    """A rule about some titles.

    Attributes
    ----------
    titles : tuple of str
        Ids; those that the catalog does not hold are passed over.
    filter : Said, optional
        Instead of ``titles``.
    starts, ends : datetime
        The rule holds from the first to before the second; open where not given.
    regions : tuple of str
        Where it holds, ISO 3166-1 alpha-2; empty is everywhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    titles: tuple[str, ...] = ()
    filter: Sentence | None = None
    starts: AwareDatetime = datetime.min.replace(tzinfo=UTC)
    ends: AwareDatetime = datetime.max.replace(tzinfo=UTC)
    regions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.titles) == (self.filter is not None):
            raise ValueError("either titles or a filter")
        if self.starts >= self.ends:
            raise ValueError(f"an end after its start {self.starts}, got {self.ends}")
        return self

    def holds(self, context: Context) -> bool:
        """Return whether the rule holds at the moment and the place of a request."""
        here = not self.regions or context.region in self.regions
        return here and self.starts <= context.now < self.ends

    def among(self, facts: Facts) -> NDArray[np.bool_]:
        """Return which titles are chosen, bool (n_titles,)."""
        if self.filter is not None:
            return left_in(self.filter, facts.fields, {})
        chosen = np.zeros(len(facts.names), bool)
        chosen[facts.internal(self.titles)] = True
        return chosen
