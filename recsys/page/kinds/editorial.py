"""Rows that people make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from recsys.ids import InternalIds
from recsys.languages import LANGUAGE
from recsys.page.chosen import Chosen
from recsys.page.kinds.kind import Kind
from recsys.page.material import Material
from recsys.page.ranked import Ranked, Row

InLanguages = dict[Annotated[str, Field(pattern=LANGUAGE)], Annotated[str, Field(min_length=1)]]


class Editorial(Kind, Chosen):
    """Titles that people chose: by id in their order, by a filter in that of the viewer's taste.

    Attributes
    ----------
    row : str
        The row's id.
    name : str
    reason : str, optional
    names, reasons : dict of str to str
        The same in other languages, by their tags.
    """

    kind: Literal["editorial"]
    row: Annotated[str, Field(pattern="^[a-z0-9-]+$")]
    name: str = Field(min_length=1)
    reason: str | None = None
    names: InLanguages = Field(default_factory=dict)
    reasons: InLanguages = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the entry is told apart by; there may be several."""
        return f"editorial-{self.row}"

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row in its time and place."""
        if not self.holds(material.context):
            return
        ids = self._by_taste(material)
        if self.titles:
            ids = material.facts.internal(self.titles)
            ids = ids[material.fresh[ids]]
        titles = Ranked.of(ids, material.appeal[ids], "editorial")
        key, in_order, speech = self.key, bool(self.titles), material.speech
        name = speech.of(self.names, self.name)
        why = speech.of(self.reasons, self.reason or speech.words.of_source("editorial"))
        yield Row(key, key, name, why, "editorial", titles, in_order=in_order)

    def _by_taste(self, material: Material) -> InternalIds:
        ranked = material.ranked.ids
        return ranked[self.among(material.facts)[ranked]]
