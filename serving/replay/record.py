"""What a page was made from besides the bundle, as bytes and back."""

from __future__ import annotations

import zlib
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from features.interactions import Engagement
from features.pauses import Pauses
from recsys.context import Context
from recsys.page.edits import Edit
from recsys.page.resuming import Watched
from serving.recommendations.contracts import Asked
from serving.recommendations.viewers import Asker
from serving.taste.wishes import Wishes

_MOMENTS: Final = {"last_at", "watched_at", "dismissed_at"}
_TYPES: Final = {"title_ids": "O", "completed": "?", "watchlisted": "?", "episodes": "i8"}
"""Of the arrays of an engagement that hold neither moments nor numbers."""


def packed(asked: Asked, asker: Asker) -> bytes:
    """Return who asked for what, as JSON that is compressed."""
    context, wishes = asker.context, asker.wishes
    said = {
        "asked": asked.model_dump(by_alias=True, include=set(Asked.model_fields)),
        "now": context.now.isoformat(),
        "region": context.region,
        "maximumAge": context.maximum_age,
        "device": context.device,
        "engagement": _columns(asker.engagement),
        "edits": [[edit.kind, edit.value, edit.wish] for edit in wishes.edits],
        "pauses": [_numbers(wishes.pauses.began), _numbers(wishes.pauses.ended)],
        "kept": _columns(wishes.pauses.kept),
        "shown": dict(asker.shown),
        "opened": asker.opened,
        "watched": [[*one] for one in asker.watched],
        "languages": asker.languages,
    }
    return zlib.compress(orjson.dumps(said))


def unpacked(content: bytes) -> tuple[Asked, Asker]:
    """Return what ``packed`` was given."""
    said = orjson.loads(zlib.decompress(content))
    began, ended = (np.array(one, "i8").view("M8[us]") for one in said["pauses"])
    edits = tuple(Edit(*edit) for edit in said["edits"])
    wishes = Wishes(edits, Pauses(began, ended, _engagement(said["kept"])))
    now = datetime.fromisoformat(said["now"])
    context = Context(now, said["region"], said["maximumAge"], said["device"])
    asker = Asker(
        context,
        _engagement(said["engagement"]),
        (),
        wishes,
        said["shown"],
        tuple(said["opened"]),
        tuple(Watched(*one) for one in said["watched"]),
        tuple(said.get("languages", ())),  # an earlier version spoke one language to all
    )
    return Asked.model_validate(said["asked"]), asker


def _columns(engagement: Engagement) -> dict[str, list[Any]]:
    columns = {field.name: getattr(engagement, field.name) for field in fields(engagement)}
    return {
        name: _numbers(column) if name in _MOMENTS else column.tolist()
        for name, column in columns.items()
    }


def _numbers(moments: NDArray[np.datetime64]) -> list[int]:
    numbers: list[int] = moments.astype("M8[us]").astype("i8").tolist()
    return numbers


def _engagement(said: dict[str, list[Any]]) -> Engagement:
    return Engagement(
        **{
            name: np.array(column, "i8").view("M8[us]")
            if name in _MOMENTS
            else np.array(column, _TYPES.get(name, "f8"))
            for name, column in said.items()
        }
    )
