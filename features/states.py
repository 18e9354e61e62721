"""All that counts of a viewer's events on one title, kept up event by event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from recsys.schema import PASSIVE, WATCHING, EventType


class State(NamedTuple):
    """What a viewer's events on one title come to; ``None`` is what was never said.

    ``last_at`` is the time of the last event that shows that the title is wanted or was judged; a title
    that was dismissed and nothing else has none.
    """

    watched_portion: float | None = None
    completed: bool = False
    rating: float | None = None
    thumb: float | None = None
    watchlisted: bool = False
    last_at: datetime | None = None
    watched_at: datetime | None = None
    dismissed_at: datetime | None = None


class Happened(Protocol):
    """An event as far as a state depends on it."""

    @property
    def event_id(self) -> Any:
        """The same id is the same event."""

    @property
    def event_type(self) -> str:
        """One of ``EventType``."""

    @property
    def title_id(self) -> str | None:
        """What it is about."""

    @property
    def occurred_at(self) -> datetime:
        """With its zone."""

    @property
    def value(self) -> float | None:
        """Of a rating or a thumb."""

    @property
    def watched_portion(self) -> float | None:
        """In [0, 1]."""


def states(events: Iterable[Happened]) -> dict[str, State]:
    """Return the state of each title after a viewer's events, which may come in any order and repeatedly.

    The database keeps the same rule in SQL (``serving.analytics.store``): opinions are the latest ones,
    and of several at one moment the higher.
    """
    once: dict[Any, Happened] = {}
    for event in events:
        once.setdefault(event.event_id, event)
    found: dict[str, State] = {}
    for event in sorted(once.values(), key=_order):
        state = absorb(
            found.get(event.title_id or ""),
            event.event_type,
            event.occurred_at,
            value=event.value,
            watched_portion=event.watched_portion,
        )
        if state is not None and event.title_id is not None:
            found[event.title_id] = state
    return found


def absorb(
    state: State | None,
    event_type: str,
    occurred_at: datetime,
    *,
    value: float | None = None,
    watched_portion: float | None = None,
) -> State | None:
    """Return the state after one more event; events must come in the viewer's own order.

    Examples
    --------
    >>> from datetime import UTC
    >>> played = absorb(None, "play", datetime(2024, 1, 1, tzinfo=UTC), watched_portion=0.4)
    >>> played.watched_portion, absorb(None, "impression", datetime(2024, 1, 1, tzinfo=UTC))
    (0.4, None)
    """
    old = state or State()
    if event_type == EventType.DISMISS:
        return old._replace(dismissed_at=occurred_at)
    if event_type in PASSIVE:
        return state
    portions = [p for p in (old.watched_portion, watched_portion) if p is not None]
    said = value is not None
    return State(
        watched_portion=max(portions, default=None),
        completed=old.completed or event_type == EventType.COMPLETE,
        rating=value if said and event_type == EventType.RATING else old.rating,
        thumb=value if said and event_type == EventType.THUMB else old.thumb,
        watchlisted=event_type == EventType.WATCHLIST_ADD
        or (old.watchlisted and event_type != EventType.WATCHLIST_REMOVE),
        last_at=occurred_at,
        watched_at=occurred_at if event_type in WATCHING else old.watched_at,
        dismissed_at=old.dismissed_at,
    )


def _order(event: Happened) -> tuple[datetime, float, bool]:
    return event.occurred_at, event.value or 0.0, event.event_type == EventType.WATCHLIST_ADD
