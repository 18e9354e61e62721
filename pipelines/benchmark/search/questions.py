"""What people may type, drawn from a catalog: names whole, begun and misspelt, people, genres, parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.benchmark.search.typos import can_be_mistyped, mistyped
from recsys.schema import TitleType

SEARCH: Final = "/api/search"
COLUMNS: Final = ["title_id", "title_type", "name", "genres", "release_year", "cast"]
SHARES: Final = {
    "name": 0.35,
    "begun": 0.2,
    "mistyped": 0.15,
    "person": 0.1,
    "episode": 0.08,
    "genre of a decade": 0.07,
    "parts": 0.05,
}
"""How often each kind is asked; all sum to one. Of a person's typing, suggestions see every letter."""


@dataclass(slots=True)
class Questions:
    """Draws questions.

    Attributes
    ----------
    titles, episodes : pyarrow.Table
        Of ``COLUMNS``.
    rng : numpy.random.Generator
    """

    titles: pa.Table
    episodes: pa.Table
    rng: np.random.Generator
    _kinds: dict[str, Callable[[], str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._kinds = {
            "name": lambda: str(self.title()["name"]),
            "begun": self.begun,
            "mistyped": lambda: self.mistyped()[0],
            "person": self._person,
            "episode": lambda: str(_row(self.episodes, self.rng)["name"]),
            "genre of a decade": self._genre,
            "parts": self._parts,
        }

    @classmethod
    def of(cls, catalog: pa.Table, seed: int) -> Questions:
        """Draw from a table of TITLES."""
        episode = pc.equal(catalog["title_type"], str(TitleType.EPISODE))
        titles = catalog.filter(pc.invert(episode)).select(COLUMNS)
        episodes = catalog.filter(episode).select(COLUMNS)
        rng = np.random.default_rng(seed)
        return cls(titles, episodes if len(episodes) else titles, rng)

    def some(self, n: int) -> list[str]:
        """Return questions of all kinds."""
        kinds = self.rng.choice(list(SHARES), n, p=list(SHARES.values()))
        return [self._kinds[kind]() for kind in kinds.tolist()]

    def title(self) -> dict[str, Any]:
        """Return any title."""
        return _row(self.titles, self.rng)

    def name_of(self, title_id: str) -> str:
        """Return the name of a title."""
        at = pc.index(self.titles["title_id"], title_id).as_py()
        return str(self.titles["name"][at].as_py())

    def begun(self) -> str:
        """Return a name as it is being typed, from its second letter on."""
        name = str(self.title()["name"])
        return name[: int(self.rng.integers(2, max(len(name), 3)))]

    def mistyped(self) -> tuple[str, str]:
        """Return a name with one error, and the id of its title."""
        while True:
            title = self.title()
            if can_be_mistyped(title["name"]):
                return mistyped(title["name"], self.rng), title["title_id"]

    def _person(self) -> str:
        cast = self.title()["cast"] or ["nobody"]
        return str(cast[self.rng.integers(len(cast))])

    def _genre(self) -> str:
        title = self.title()
        genre = (title["genres"] or ["drama"])[0].lower()
        return f"{(title['release_year'] or 1990) // 10 * 10}s {genre}"

    def _parts(self) -> str:
        return f"{self._genre()} movies with {self._person()}"


def paths(questions: list[str], viewers: list[str], *, suggest: bool = False) -> list[str]:
    """Return questions as what is asked of a server, by one viewer after another."""
    return [
        f"{SEARCH}?"
        + urlencode(
            {"q": question, "viewerId": viewers[at % len(viewers)]}
            | ({"suggest": "true", "limit": 8} if suggest else {})
        )
        for at, question in enumerate(questions)
    ]


def _row(table: pa.Table, rng: np.random.Generator) -> dict[str, Any]:
    found: dict[str, Any] = table.slice(int(rng.integers(len(table))), 1).to_pylist()[0]
    return found
