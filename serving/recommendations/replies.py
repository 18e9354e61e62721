"""From rows and titles by number to what is sent of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter

from recsys.page import reasons
from recsys.page.own import Begun
from recsys.page.ranked import Ranked, Row
from serving.recommendations.contracts import Item, Listed, Resume, ShownRow
from serving.replica import Replica

_LISTED: Final = TypeAdapter(Listed)
_NOTHING: Final[Mapping[int, Any]] = MappingProxyType({})


def listed(answer: Listed) -> bytes:
    """Return a list as it is sent: what is our own need not be checked again on its way out."""
    return _LISTED.dump_json(answer, by_alias=True)


def shown(row: Row, rank: int, replica: Replica) -> ShownRow:
    """Return a row as it is sent."""
    return ShownRow(
        row_id=row.row_id,
        row_rank=rank,
        name=row.name,
        reason=row.reason,
        source=row.source,
        items=items(row.titles, replica, row.begun, row.chance),
    )


def items(
    titles: Ranked,
    replica: Replica,
    begun: Mapping[int, Begun] = _NOTHING,
    chance: Mapping[int, float] = _NOTHING,
) -> list[Item]:
    """Return titles as they are sent, with where to go on in them and the chance that put them there."""
    card = replica.cards.of
    # Fields in their order, since naming them costs as much as all else: a page has hundreds of titles.
    return [
        Item(
            *card(title),
            score,
            source,
            reasons.of_source(source),
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
