"""A page in parts: what is in sight is sent, and the rest is in cursors, so that nothing repeats or jumps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.page.kinds.picked import reason_of
from recsys.page.speech import Speech
from serving.cursors import Cursors
from serving.recommendations.contracts import AskedForHome, Home, Item, Resume, ShownRow
from serving.replica import Replica

_PLACE = {"region", "maximum_age", "device_type", "rows", "titles", "language", "accepted"}
"""What of a request holds for the whole page."""
_ANEW = {"name", "type", "genres", "year", "artwork"}
"""What is said of a title anew whenever it is shown."""


def cut(page: Home, asked: AskedForHome, cursors: Cursors) -> Home:
    """Return the first rows of a page, each with its first titles, and cursors for what follows.

    Parameters
    ----------
    page : Home
        Whole, or what a cursor held.
    asked : AskedForHome
        How many of each, and by whom.
    cursors : Cursors
    """
    rows, titles = asked.rows, asked.titles
    first, later = page.rows[:rows], page.rows[len(page.rows[:rows]) :]
    about = {
        "recommendationId": page.recommendation_id,
        "bundleId": page.bundle_id,
        "asked": asked.model_dump(by_alias=True, include=_PLACE),
    }

    def sealed(left: list[ShownRow]) -> str | None:
        held = [_packed(row) for row in left if row.items]
        return cursors.seal(asked.viewer_id or "", about | {"left": held}) if held else None

    shown = [
        row.model_copy(
            update={
                "items": row.items[:titles],
                "next_cursor": sealed(
                    [row.model_copy(update={"items": row.items[len(row.items[:titles]) :]})]
                ),
            }
        )
        for row in first
    ]
    return page.model_copy(update={"rows": shown, "next_cursor": sealed(later)})


def resumed(left: dict[str, Any], replica: Replica, context: Context, speech: Speech) -> Home:
    """Return what a cursor held as a page, without titles that may not be shown any more."""
    allowed = replica.recommender.allowed(context)
    ids, card = replica.facts.titles.ids, replica.cards.read_in(speech.tags)
    rows = []
    for row in left["left"]:
        if not _may_be_named(row["rowId"], replica, allowed):
            continue
        internal = ids.internal([item["contentId"] for item in row["items"]])
        items = [
            Item(*card(int(title)), **_item(item))
            for title, item in zip(internal, row["items"], strict=True)
            if title >= 0 and allowed[title]
        ]
        if items:
            rows.append(_row(row, items))
    return Home(
        recommendation_id=left["recommendationId"],
        bundle_id=left["bundleId"],
        degraded=[],
        rows=rows,
    )


def _may_be_named(row_id: str, replica: Replica, allowed: NDArray[np.bool_]) -> bool:
    """Return whether a row's name speaks of no title that may not be shown any more."""
    if (reason := reason_of(row_id)) is None:
        return True
    found = replica.facts.internal([reason])
    return bool(len(found) and allowed[found[0]])


def _packed(row: ShownRow) -> dict[str, Any]:
    said = row.model_dump(by_alias=True, exclude={"next_cursor"})
    kept = [{k: v for k, v in one.items() if k not in _ANEW} for one in said["items"]]
    return said | {"items": kept}


def _item(said: dict[str, Any]) -> dict[str, Any]:
    resume = said["resume"]
    return {
        "score": said["score"],
        "source": said["source"],
        "reason": said["reason"],
        "item_rank": said["itemRank"],
        "propensity": said["propensity"],
        "resume": None if resume is None else Resume.model_validate(resume),
    }


def _row(said: dict[str, Any], items: list[Item]) -> ShownRow:
    return ShownRow(
        row_id=said["rowId"],
        row_rank=said["rowRank"],
        name=said["name"],
        reason=said["reason"],
        source=said["source"],
        items=items,
    )
