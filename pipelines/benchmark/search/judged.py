"""Two hundred judged questions to a catalog of films, made of its table by rules that no search engine takes part in.

What is relevant, from 0 to 3, and to which questions:

*name* (60)
    The name of a title, as the table writes it without what stands in brackets, in small letters: 3 for every title
    of that name. *misspelt* (60): the same with one error.
*person* (25)
    The name of somebody in the cast or the crew of at least three titles: 3 for each of those titles. Where a table
    has no people, *name* takes their place.
*genre of a decade* (25)
    "90s comedy": 3 for each title of the genre in these ten years that has the genre first, 2 where it stands later.
*parts* (15)
    Genre, decade and person of one title in a sentence: 3 for every title that has all three.
*natural* (15)
    Sentences written by hand (``natural.toml``), each with the names and years of the titles that answer it, from the
    best to the least: 3. Where a title of none is in the table, another *name* takes its place.

Names are drawn among the titles that are rated most often, half of them among all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from pipelines.benchmark.search.typos import can_be_mistyped, mistyped
from recsys.tomlfile import read_toml

NATURAL: Final = Path(__file__).with_name("natural.toml")
COUNTS: Final = {"name": 60, "misspelt": 60, "person": 25, "genre of a decade": 25, "parts": 15}
ALL: Final = 200
KNOWN: Final = 2000
"""Titles rated most often, of which half the names are."""
FEW: Final = 3
"""Titles of a person who is asked for, at least."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    q: str
    titles: list[tuple[str, int]]


class _Natural(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    question: list[_Asked]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question.

    Attributes
    ----------
    kind : str
    text : str
    grades : dict of str to int
        Of the relevant titles, by id, from 1 to 3.
    """

    kind: str
    text: str
    grades: dict[str, int]


def ndcg(found: Sequence[str], grades: dict[str, int], k: int = 10) -> float:
    r"""Return the normalized discounted cumulative gain.

    .. math:: \frac{\sum_{i \le k} (2^{g_i} - 1) / \log_2(i + 1)}{\text{the same of the best order}}

    Examples
    --------
    >>> ndcg(["a", "b"], {"a": 3, "b": 3}), round(ndcg(["x", "a"], {"a": 3}), 3)
    (1.0, 0.631)
    """
    gains = [2.0 ** grades.get(one, 0) - 1 for one in found[:k]]
    best = sorted((2.0**grade - 1 for grade in grades.values()), reverse=True)[:k]
    return _discounted(gains) / _discounted(best)


def _discounted(gains: Sequence[float]) -> float:
    return float(np.sum(gains / np.log2(np.arange(2, len(gains) + 2))))


def questions(catalog: pa.Table, known: Sequence[str], seed: int) -> list[Judged]:
    """Return the questions, always the same of the same table.

    Parameters
    ----------
    catalog : pyarrow.Table
        TITLES.
    known : sequence of str
        Ids, those rated most often first.
    seed : int
    """
    maker = _Maker(catalog, known, np.random.default_rng(seed))
    made = list(maker.natural())
    kinds: dict[str, Callable[[], Judged | None]] = {
        "person": maker.person,
        "genre of a decade": maker.genre,
        "parts": maker.parts,
        "misspelt": maker.misspelt,
    }
    for kind, make in kinds.items():
        made += [one for _ in range(COUNTS[kind]) if (one := make()) is not None]
    return [*made, *(maker.name() for _ in range(ALL - len(made)))]


class _Maker:
    def __init__(self, catalog: pa.Table, known: Sequence[str], rng: np.random.Generator) -> None:
        self.rows: list[dict[str, Any]] = catalog.to_pylist()
        self.rng, self.of_name, self.of_person = (
            rng,
            _by(self.rows, _names),
            _by(self.rows, _people),
        )
        by_id = {row["title_id"]: row for row in self.rows}
        self.known = [by_id[one] for one in known[:KNOWN] if one in by_id] or self.rows
        self.busy = sorted(name for name, held in self.of_person.items() if len(held) >= FEW)

    def name(self) -> Judged:
        name = _plain(self._title()["name"])
        return Judged("name", name, dict.fromkeys(self.of_name[name], 3))

    def misspelt(self) -> Judged:
        while not can_be_mistyped(name := _plain(self._title()["name"])):
            pass
        return Judged("misspelt", mistyped(name, self.rng), dict.fromkeys(self.of_name[name], 3))

    def person(self) -> Judged | None:
        if not self.busy:
            return None
        name = self.busy[self.rng.integers(len(self.busy))]
        return Judged("person", name.lower(), dict.fromkeys(self.of_person[name], 3))

    def genre(self) -> Judged | None:
        for _ in range(100):
            row = self._title()
            if row["genres"] and row["release_year"]:
                genre, decade = row["genres"][0], row["release_year"] // 10 * 10
                text = f"{str(decade)[2:]}s {genre.lower()}"
                return Judged("genre of a decade", text, self._of(genre, decade))
        return None

    def parts(self) -> Judged | None:
        for _ in range(1000):
            row = self._title()
            cast = [name for name in row["cast"] or () if len(self.of_person[name]) >= FEW]
            if cast and row["genres"] and row["release_year"]:
                genre, decade, name = row["genres"][0], row["release_year"] // 10 * 10, cast[0]
                held = set(self.of_person[name])
                both = {one: 3 for one in self._of(genre, decade) if one in held}
                text = f"{genre.lower()} movies from the {decade}s with {name}"
                return Judged("parts", text, both)
        return None

    def natural(self) -> Iterator[Judged]:
        places = {(_plain(row["name"]), row["release_year"]): row["title_id"] for row in self.rows}
        for one in read_toml(NATURAL, _Natural, "judged questions").question:
            asked = [(name.lower(), year) for name, year in one.titles]
            if grades := {places[title]: 3 for title in asked if title in places}:
                yield Judged("natural", one.q, grades)

    def _title(self) -> dict[str, Any]:
        rows = self.known if self.rng.random() < 0.5 else self.rows
        return rows[self.rng.integers(len(rows))]

    def _of(self, genre: str, decade: int) -> dict[str, int]:
        return {
            row["title_id"]: 3 if row["genres"][0] == genre else 2
            for row in self.rows
            if genre in (row["genres"] or ()) and (row["release_year"] or 0) // 10 * 10 == decade
        }


def _plain(name: str) -> str:
    """Return a name in small letters, without what stands in brackets."""
    return re.sub(r"\s*\([^)]*\)", "", name).strip().lower() or name.lower()


def _names(row: dict[str, Any]) -> list[str]:
    return [_plain(row["name"])]


def _people(row: dict[str, Any]) -> list[str]:
    return [*(row["cast"] or ()), *(one["name"] for one in row["crew"] or ())]


def _by(
    rows: list[dict[str, Any]], words: Callable[[dict[str, Any]], list[str]]
) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for row in rows:
        for word in words(row):
            held.setdefault(word, []).append(row["title_id"])
    return held
