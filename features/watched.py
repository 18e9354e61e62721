"""How much of a title was really watched, from where a player stood and when: what was skipped does not count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from recsys.schema import EventType

FASTEST = 2.0
"""Times the usual speed that players offer."""
SLACK_SECONDS = 5.0
"""By which a clock and a player may differ between two events."""

Span = tuple[float, float]


class Stood(NamedTuple):
    """Where a player stood in a title.

    ``session_id`` tells sittings apart; ``position_seconds`` is None where the event did not say.
    """

    session_id: str | None
    occurred_at: datetime
    event_type: str
    position_seconds: float | None


def spans(events: Iterable[Stood]) -> list[Span]:
    """Return the parts of one title that were watched, each from and until a position, disjoint and in order.

    Between two events of a sitting everything was watched by which the position moved on, unless it moved on faster
    than a player plays, or the later event says that the viewer sought.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> start = datetime(2026, 5, 1, 20, tzinfo=UTC)
    >>> def at(minute, kind, position):
    ...     return Stood("s", start + timedelta(minutes=minute), kind, 60.0 * position)
    >>> spans([at(0, "play", 0), at(10, "progress", 10), at(11, "seek", 80), at(16, "pause", 85)])
    [(0.0, 600.0), (4800.0, 5100.0)]
    """
    found = []
    last: dict[str | None, Stood] = {}
    for one in sorted(events, key=lambda event: event.occurred_at):
        if one.position_seconds is None:
            continue
        before = last.get(one.session_id)
        if before is not None and (span := _between(before, one)):
            found.append(span)
        last[one.session_id] = one
    return _joined(found)


def portion(events: Iterable[Stood], duration_seconds: float | None) -> float | None:
    """Return the share of a title that was watched, in [0, 1]; None where its length is not known, or nothing of it."""
    watched = seconds(spans(events))
    if not duration_seconds or not watched:
        return None
    return min(1.0, watched / duration_seconds)


def seconds(parts: Sequence[Span]) -> float:
    """Return how long parts are together."""
    return sum(end - begin for begin, end in parts)


def _between(before: Stood, now: Stood) -> Span | None:
    begin, end = before.position_seconds, now.position_seconds
    if begin is None or end is None or end <= begin or now.event_type == EventType.SEEK:
        return None
    passed = (now.occurred_at - before.occurred_at).total_seconds()
    return (begin, end) if end - begin <= FASTEST * passed + SLACK_SECONDS else None


def _joined(parts: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(parts):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
