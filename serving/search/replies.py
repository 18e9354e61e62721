"""From entries by number to what is sent of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recsys.search.complete import Completion
from recsys.search.find import Found
from recsys.search.folding import Word
from recsys.search.marks import marked, speaks_of
from serving.search.contracts import FoundEpisode, FoundTitle, Piece, Suggestion
from serving.search.view import View

NAMED: Final = ("title_id", "name", "translations")
MOST_PEOPLE: Final = 3
"""People of a title that are named because the question speaks of them."""


def titles(found: Found, view: View, limit: int, tags: Sequence[str]) -> list[FoundTitle]:
    """Return the first titles as they are sent, named as the catalog of now names them in some languages."""
    places, asked = found.places[:limit], [*found.meant, *found.words]
    episodes = _episodes(found, view, places, tags)
    return [
        FoundTitle(
            content_id=one["title_id"],
            name=one["name"],
            type=one["title_type"],
            genres=one["genres"] or [],
            year=one["release_year"],
            artwork=one["artwork"],
            name_parts=_pieces(one["name"], asked),
            people=[_pieces(name, asked) for name in _people(one, asked)],
            episode=episodes.get(int(place)),
            score=round(float(grade), 4),
            source="search",
            item_rank=rank,
        )
        for rank, (place, grade, one) in enumerate(
            zip(places, found.grades, view.facts(places, tags), strict=False)
        )
    ]


def suggestions(
    completions: Sequence[Completion], view: View, asked: Sequence[Word], tags: Sequence[str]
) -> list[Suggestion]:
    """Return completions as they are sent, each text once of each kind."""
    places = np.array([one.number for one in completions if one.kind == "title"], np.int64)
    facts = dict(zip(places.tolist(), view.facts(places, tags, NAMED), strict=True))
    made: dict[tuple[str, str], Suggestion] = {}
    for kind, number in completions:
        fact = facts[number] if kind == "title" else None
        text = view.index.lexicon.name(number) if fact is None else fact["name"]
        one = Suggestion(
            kind=kind,
            text=text,
            parts=_pieces(text, asked),
            content_id=None if fact is None else fact["title_id"],
        )
        made.setdefault((kind, text), one)
    return list(made.values())


def _episodes(
    found: Found, view: View, places: NDArray[np.int64], tags: Sequence[str]
) -> dict[int, FoundEpisode]:
    held = [int(place) for place in places if int(place) in found.episodes]
    facts = view.facts(np.array([found.episodes[place] for place in held], np.int64), tags)
    return {
        place: FoundEpisode(
            content_id=one["title_id"],
            name=one["name"],
            name_parts=_pieces(one["name"], found.words),
            season_number=one["season_number"],
            episode_number=one["episode_number"],
        )
        for place, one in zip(held, facts, strict=True)
    }


def _people(fact: dict[str, Any], asked: Sequence[Word]) -> list[str]:
    every = [*(fact["cast"] or ()), *(one["name"] for one in fact["crew"] or () if one)]
    named = dict.fromkeys(name for name in every if name and speaks_of(name, asked))
    return list(named)[:MOST_PEOPLE]


def _pieces(name: str, asked: Sequence[Word]) -> list[Piece]:
    return [Piece(text=one.text, matched=one.matched) for one in marked(name, asked)]
