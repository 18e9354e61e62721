"""What a player says, made into the events that everything else knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from features.watched import Stood, portion
from recsys.schema import DEVICE_TYPES, EventType
from serving.analytics import store
from serving.analytics.contracts import Event, Seconds, past
from serving.analytics.service import Intake
from serving.contracts import Contract, Identifier, Region, Reply
from serving.database import Database
from serving.metrics import Metrics

SINCE: Final = timedelta(hours=24)
"""So far back a sitting's events are looked for."""
SEEN_ENOUGH: Final = 0.5
"""Who sought to the end did not complete a title; below this share an end is only a place."""
NAMES: Final = UUID("8f0f8a52-61d0-5b8e-9a37-0f6f7d0b2c11")
"""Root of the ids that are derived from what a player says."""

PLAYED: Final = {
    "play": EventType.PLAY,
    "playing": EventType.PLAY,
    "pause": EventType.PAUSE,
    "timeupdate": EventType.PROGRESS,
    "seeking": EventType.SEEK,
    "seeked": EventType.SEEK,
    "ended": EventType.COMPLETE,
}
"""Names of HTML media events, and the type of event each is kept as."""
COUNTED: Final = ("waiting", "stalled", "rebuffer", "error")
"""Tell how the service does and not what a viewer likes: they are counted, and not kept."""

_A_MOMENT: Final = "milliseconds since 1970, or a time such as 2024-05-01T20:15:00Z"

EXAMPLE: dict[str, Any] = {
    "event": "timeupdate",
    "contentId": "t0007",
    "currentTime": 1260.5,
    "timestamp": 1714594500000,
    "viewerId": "v00042",
    "sessionId": "s-81c2",
}


def _moment(given: Any) -> Any:
    """Read milliseconds since 1970, as ``Date.now()`` says them, or ISO 8601; what is neither is left to be refused."""
    try:
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            return datetime.fromtimestamp(given / 1000, UTC)
        return datetime.fromisoformat(given) if isinstance(given, str) else given
    except (ValueError, OverflowError, OSError):
        raise PydanticCustomError("misfit", "{expected}", {"expected": _A_MOMENT}) from None


class PlayerEvent(Contract):
    """Something that a player tells of itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    event: Literal[*PLAYED, *COUNTED]  # type: ignore[valid-type]
    content_id: Identifier
    current_time: Seconds
    timestamp: Annotated[
        AwareDatetime,
        BeforeValidator(_moment, json_schema_input_type=int | str),
        AfterValidator(past),
    ]
    viewer_id: Identifier | None = None
    session_id: Identifier | None = None
    duration: Seconds | None = None
    device_type: Literal[*DEVICE_TYPES] | None = None  # type: ignore[valid-type]
    region: Region | None = None
    start_seconds: Annotated[float, Field(ge=0, le=600)] | None = None
    stalled_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None


class PlayerTaken(Reply):
    """What was made of it: the event that was kept, none for what is only counted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"accepted": 1, "duplicates": 0, "eventType": "progress", "watchedPortion": 0.23}
            ]
        }
    )

    accepted: int
    duplicates: int
    event_type: str | None
    watched_portion: float | None


class Players:
    """Takes what players say.

    Parameters
    ----------
    database : Database
    intake : Intake
    duration_of : callable
        Gives the length of a title in seconds, if the catalog knows it.
    metrics : Metrics
    """

    def __init__(
        self,
        database: Database,
        intake: Intake,
        duration_of: Callable[[str], float | None],
        metrics: Metrics,
    ) -> None:
        self._database, self._intake = database, intake
        self._duration_of, self._metrics = duration_of, metrics

    async def take(self, viewer_id: str, told: PlayerEvent) -> PlayerTaken:
        """Return when what a player said is durable, or counted; saying it again does no harm.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold the title.
        DatabaseDownError, OverloadedError
            If it is not durable, and the player should say it again.
        """
        if told.event in COUNTED:
            self._metrics.player.note(told.event, told.start_seconds, told.stalled_seconds)
            return PlayerTaken(accepted=1, duplicates=0, event_type=None, watched_portion=None)
        event = await run_in_threadpool(self._event, viewer_id, told)
        taken = await self._intake.accept([event], "contentId")
        if not taken.duplicates:
            self._metrics.player.note(told.event, told.start_seconds, told.stalled_seconds)
        return PlayerTaken(
            accepted=taken.accepted,
            duplicates=taken.duplicates,
            event_type=str(event.event_type),
            watched_portion=event.watched_portion,
        )

    def _event(self, viewer_id: str, told: PlayerEvent) -> Event:
        kind = PLAYED[told.event]
        duration = told.duration or self._duration_of(told.content_id)
        now = Stood(told.session_id, told.timestamp, kind, told.current_time)
        since = told.timestamp - SINCE
        with self._database.reading() as connection:
            before = store.stood(connection, viewer_id, told.content_id, since, told.timestamp)
        share = portion([*before, now], duration)
        if kind == EventType.COMPLETE and before and (share or 0) < SEEN_ENOUGH:
            kind = EventType.PROGRESS
        return Event.model_construct(
            event_id=_id(viewer_id, told),
            event_type=kind.value,
            viewer_id=viewer_id,
            title_id=told.content_id,
            occurred_at=told.timestamp,
            position_seconds=told.current_time,
            duration_seconds=duration,
            watched_portion=share,
            session_id=told.session_id,
            device_type=told.device_type,
            region=told.region,
        )


def _id(viewer_id: str, told: PlayerEvent) -> UUID:
    """Return the id that the same saying always has."""
    words = (
        viewer_id,
        told.session_id or "",
        told.content_id,
        told.event,
        told.timestamp.astimezone(UTC).isoformat(),
        repr(told.current_time),
    )
    return uuid5(NAMES, "\n".join(words))
