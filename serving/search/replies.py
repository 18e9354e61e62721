"""From entries by number to what is sent of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from recsys.search.complete import Completion
from recsys.search.find import Found
from recsys.search.folding import Word
from recsys.search.marks import marked, speaks_of
from serving.search.contracts import FoundEpisode, FoundTitle, Piece, Suggestion
from serving.search.view import View
from serving.tagged import Told, in_language

MOST_PEOPLE: Final = 3
"""People of a title that are named because the question speaks of them."""
EPISODE: Final = ("title_id", "season_number", "episode_number")


def titles(found: Found, view: View, limit: int, tags: Sequence[str]) -> list[FoundTitle]:
    """Return the first titles as they are sent, named as the catalog of now names them in some languages."""
    places, asked = found.places[:limit].tolist(), [*found.meant, *found.words]
    episodes, face_of = _episodes(found, view, places, tags), view.read_in(tags)
    of_people = view.index.reader.near.speaks_of_people(asked)
    made = []
    for rank, (place, grade) in enumerate(zip(places, found.grades.tolist(), strict=False)):
        face = face_of(place)
        people = _people(view.people(place), asked) if of_people else []
        made.append(
            # Fields in their order, since naming them costs as much as all else.
            FoundTitle(
                *face,
                _pieces(face[1], asked),
                [_pieces(name, asked) for name in people],
                episodes.get(place),
                round(grade, 4),
                "search",
                rank,
            )
        )
    return made


def suggestions(
    completions: Sequence[Completion], view: View, asked: Sequence[Word], tags: Sequence[str]
) -> list[Suggestion]:
    """Return completions as they are sent, each text once of each kind."""
    face_of = view.read_in(tags)
    made: dict[tuple[str, str], Suggestion] = {}
    for kind, number in completions:
        title_id, text = None, ""
        if kind == "title":
            title_id, text, *_ = face_of(number)
        else:
            text = view.index.lexicon.name(number)
        if (kind, text) not in made:
            made[kind, text] = Suggestion(kind, text, _pieces(text, asked), title_id)
    return list(made.values())


def sent_search(told: Told[bytes]) -> Response:
    """Return an answer as it is sent."""
    headers = in_language(told.language)
    return Response(told.answer, headers=headers, media_type="application/json")


def _episodes(
    found: Found, view: View, places: Sequence[int], tags: Sequence[str]
) -> dict[int, FoundEpisode]:
    made = {}
    for place in places:
        if (episode := found.episodes.get(place)) is not None:
            name = view.name(episode, tags)
            title_id, season, number = view.facts(episode, EPISODE)
            made[place] = FoundEpisode(title_id, name, _pieces(name, found.words), season, number)
    return made


def _people(names: Sequence[str], asked: Sequence[Word]) -> list[str]:
    named = dict.fromkeys(name for name in names if name and speaks_of(name, asked))
    return list(named)[:MOST_PEOPLE]


def _pieces(name: str, asked: Sequence[Word]) -> list[Piece]:
    return [Piece(text, matched) for text, matched in marked(name, asked)]
