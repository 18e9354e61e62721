"""One viewer's statistics, from where the viewer's players stood and when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from features.watched import Stood, seconds, spans
from recsys.schema import EventType
from serving.insights.contracts import Insights, Week


@dataclass(frozen=True, slots=True)
class Facts:
    """What insights say of titles: the genres and the kind of each, an episode's being its series'."""

    genres: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]


def insights_of(
    watched: Iterable[tuple[str, Stood]], facts: Facts, since: date, until: date
) -> Insights:
    """Return the statistics of one viewer's player events, each with its title."""
    by_title: dict[str, list[Stood]] = defaultdict(list)
    for title, stood in watched:
        by_title[title].append(stood)
    by_week: dict[date, float] = defaultdict(float)
    genres: dict[str, float] = defaultdict(float)
    completed = 0
    days = {one.occurred_at.date() for several in by_title.values() for one in several}
    for title, events in by_title.items():
        for week, those in _by_week(events).items():
            watched_seconds = seconds(spans(those))
            by_week[week] += watched_seconds
            for genre in facts.genres.get(title, ()):
                genres[genre] += watched_seconds
        completed += any(one.event_type == EventType.COMPLETE for one in events)
    return Insights(
        since=since,
        until=until,
        hours=round(sum(by_week.values()) / 3600, 2),
        weeks=[Week(monday=one, hours=round(by_week[one] / 3600, 2)) for one in sorted(by_week)],
        hours_by_genre={
            genre: round(spent / 3600, 2)
            for genre, spent in sorted(genres.items(), key=lambda pair: (-pair[1], pair[0]))
        },
        titles_begun=len(by_title),
        titles_completed=completed,
        completion=round(completed / len(by_title), 3) if by_title else None,
        days_active=len(days),
        longest_streak_days=_longest(days),
        current_streak_days=_current(days, until),
        weekdays=dict(sorted(Counter(f"{day:%A}" for day in days).items())),
    )


def _by_week(events: Iterable[Stood]) -> dict[date, list[Stood]]:
    """Part events by the Monday of their week, UTC."""
    found: dict[date, list[Stood]] = defaultdict(list)
    for one in events:
        day = one.occurred_at.date()
        found[day - timedelta(days=day.weekday())].append(one)
    return found


def _longest(days: set[date]) -> int:
    return max((_run(days, day) for day in days), default=0)


def _current(days: set[date], today: date) -> int:
    """Return the run that goes on: it may have reached today, or yesterday while today is not over."""
    return _run(days, today) or _run(days, today - timedelta(days=1))


def _run(days: set[date], last: date) -> int:
    """Return how many days in a row end with one."""
    count = 0
    while last - timedelta(days=count) in days:
        count += 1
    return count
