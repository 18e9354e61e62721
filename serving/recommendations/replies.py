"""From rows and titles by number to what is sent of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter
from starlette.responses import Response

from recsys.page.own import Begun
from recsys.page.ranked import Ranked, Row
from recsys.page.speech import Speech
from serving.recommendations.contracts import Item, Listed, Resume, ShownRow
from serving.replica import Replica
from serving.tagged import Told, in_language

_LISTED: Final = TypeAdapter(Listed)
_NOTHING: Final[Mapping[int, Any]] = MappingProxyType({})


def sent_list(told: Told[Listed], who_keeps: str | None = None) -> Response:
    """Return a list as it is sent: what is our own need not be checked again on its way out."""
    body, headers = _LISTED.dump_json(told.answer, by_alias=True), in_language(told.language)
    if who_keeps is not None:
        headers["Cache-Control"] = who_keeps
    return Response(body, headers=headers, media_type="application/json")


def shown(row: Row, rank: int, replica: Replica, speech: Speech) -> ShownRow:
    """Return a row as it is sent."""
    return ShownRow(
        row_id=row.row_id,
        row_rank=rank,
        name=row.name,
        reason=row.reason,
        source=row.source,
        items=items(row.titles, replica, speech, row.begun, row.chance),
    )


def items(
    titles: Ranked,
    replica: Replica,
    speech: Speech,
    begun: Mapping[int, Begun] = _NOTHING,
    chance: Mapping[int, float] = _NOTHING,
) -> list[Item]:
    """Return titles as they are sent, with where to go on in them and the chance that put them there."""
    card, reason = replica.cards.read_in(speech.tags), speech.words.of_source
    # Fields in their order, since naming them costs as much as all else: a page has hundreds of titles.
    return [
        Item(
            *card(title),
            score,
            source,
            reason(source),
            rank,
            _resume(begun[title], replica) if title in begun else None,
            chance.get(title, 1.0),
        )
        for rank, (title, score, source) in enumerate(
            zip(titles.ids.tolist(), titles.scores.tolist(), titles.sources, strict=True)
        )
    ]


def _resume(begun: Begun, replica: Replica) -> Resume:
    season, episode = replica.episodes.places.get(begun.content_id, (0, 0))
    return Resume(
        content_id=begun.content_id,
        portion=begun.portion,
        season_number=season or None,
        episode_number=episode or None,
    )
