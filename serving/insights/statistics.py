"""One viewer's statistics, from where the viewer's players stood and when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from features.watched import Stood, seconds, spans
from recsys.schema import EventType
from serving.insights.contracts import Insights, Week


@dataclass(frozen=True, slots=True)
class Facts:
    """What insights say of titles: the genres and the kind of each, an episode's being its series'; how many seconds each lasts."""

    genres: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    lengths: Mapping[str, float | None] = field(default_factory=dict)


class Summed(NamedTuple):
    """What is left of a title whose events are elsewhere, or gone: when it was watched last, and how much of it ever."""

    watched_at: datetime
    portion: float | None
    completed: bool


class Spent(NamedTuple):
    """So many seconds on a title, on a day."""

    title: str
    day: date
    seconds: float


def insights_of(
    watched: Iterable[tuple[str, Stood]],
    facts: Facts,
    since: date,
    until: date,
    summed: Iterable[tuple[str, Summed]] = (),
) -> Insights:
    """Return the statistics of one viewer's player events, each with its title; and of titles of which only a sum is known.

    A sum counts on the day on which the title was watched last, and not at all where there are events of the title.
    """
    by_title: dict[str, list[Stood]] = defaultdict(list)
    for title, stood in watched:
        by_title[title].append(stood)
    sums = {title: one for title, one in summed if title not in by_title}
    spent = [*_played(by_title), *_summed(sums, facts)]
    days = {one.occurred_at.date() for several in by_title.values() for one in several}
    days |= {one.watched_at.date() for one in sums.values()}
    by_week, genres = _hours(spent, facts)
    begun = len(by_title) + len(sums)
    completed = sum(map(_completed, by_title.values())) + sum(
        one.completed for one in sums.values()
    )
    return Insights(
        since=since,
        until=until,
        hours=round(sum(by_week.values()) / 3600, 2),
        weeks=[Week(monday=one, hours=round(by_week[one] / 3600, 2)) for one in sorted(by_week)],
        hours_by_genre={
            genre: round(spent / 3600, 2)
            for genre, spent in sorted(genres.items(), key=lambda pair: (-pair[1], pair[0]))
        },
        titles_begun=begun,
        titles_completed=completed,
        titles_summed=len(sums),
        completion=round(completed / begun, 3) if begun else None,
        days_active=len(days),
        longest_streak_days=_longest(days),
        current_streak_days=_current(days, until),
        weekdays=dict(sorted(Counter(f"{day:%A}" for day in days).items())),
    )


def _played(by_title: Mapping[str, list[Stood]]) -> list[Spent]:
    """Return what was watched of titles by their events; what was watched twice in a week counts once."""
    return [
        Spent(title, monday, seconds(spans(events)))
        for title, several in by_title.items()
        for monday, events in _by_week(several).items()
    ]


def _summed(sums: Mapping[str, Summed], facts: Facts) -> list[Spent]:
    """Return what was watched of titles by their sums, as far as it is known how long they last."""
    found = []
    for title, one in sums.items():
        portion = float(one.completed) if one.portion is None else one.portion
        length = facts.lengths.get(title) or 0.0
        found.append(Spent(title, one.watched_at.date(), portion * length))
    return found


def _hours(spent: Iterable[Spent], facts: Facts) -> tuple[dict[date, float], dict[str, float]]:
    """Return seconds by the Monday of their week, and by genre."""
    by_week: dict[date, float] = defaultdict(float)
    genres: dict[str, float] = defaultdict(float)
    for title, on, watched_seconds in spent:
        by_week[_monday(on)] += watched_seconds
        for genre in facts.genres.get(title, ()):
            genres[genre] += watched_seconds
    return by_week, genres


def _completed(events: Iterable[Stood]) -> bool:
    return any(one.event_type == EventType.COMPLETE for one in events)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _by_week(events: Iterable[Stood]) -> dict[date, list[Stood]]:
    """Part events by the Monday of their week, UTC."""
    found: dict[date, list[Stood]] = defaultdict(list)
    for one in events:
        found[_monday(one.occurred_at.date())].append(one)
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
