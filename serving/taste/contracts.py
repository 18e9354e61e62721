"""A taste in words, and what may be said of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from recsys.page.edits import Kind, Wish
from serving.contracts import CLEAN, Contract, Identifier, Reply, Someone

MOST_EDITS = 200
"""Of one viewer."""

Named = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CLEAN)]

PATCH: dict[str, Any] = {
    "edits": [
        {"kind": "genre", "value": "Drama", "edit": "more"},
        {"kind": "person", "value": "Mira Solberg", "edit": "less"},
        {"kind": "keyword", "value": "zombies", "edit": "never"},
    ],
    "history": "paused",
}
WORD: JsonDict = {
    "kind": "genre",
    "value": "Drama",
    "weight": 0.42,
    "edit": "more",
    "titles": [{"contentId": "t0007", "name": "The Glass Harbour"}],
}
TASTE: JsonDict = {
    "viewerId": "v00042",
    "history": "running",
    "genres": [WORD],
    "people": [],
    "keywords": [],
}


class AskedForTaste(Someone):
    """Whose taste, and what may be named of it."""

    viewer_id: Annotated[Identifier, Field(examples=["v00042"])]


class EditOfWord(Contract):
    """What is said of one word; ``reset`` takes back what was said before."""

    kind: Kind
    value: Named
    edit: Literal["more", "less", "never", "reset"]


def _each_once(edits: list[EditOfWord]) -> list[EditOfWord]:
    said: set[tuple[str, str]] = set()
    for edit in edits:
        if (word := (edit.kind, edit.value.casefold())) in said:
            raise PydanticCustomError("repeated", "each word once")
        said.add(word)
    return edits


class Patch(Contract):
    """What is to change: first ``reset``, then the edits, then whether the history listens."""

    reset: bool = False
    edits: Annotated[list[EditOfWord], AfterValidator(_each_once)] = Field(
        default_factory=list, max_length=MOST_EDITS
    )
    history: Literal["running", "paused"] | None = None


class Behind(Reply):
    """A watched title behind a word."""

    content_id: str
    name: str


class WordOfTaste(Reply):
    """A genre, a person or a keyword."""

    kind: Kind
    value: str
    weight: float
    """Share of what the models are given that lies on titles of it, in [0, 1]."""
    edit: Wish | None
    titles: list[Behind]


class Taste(Reply):
    """The taste that the models see."""

    model_config = ConfigDict(json_schema_extra={"examples": [TASTE]})

    viewer_id: str
    history: Literal["running", "paused"]
    genres: list[WordOfTaste]
    people: list[WordOfTaste]
    keywords: list[WordOfTaste]
