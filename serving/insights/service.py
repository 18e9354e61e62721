"""Viewing statistics: a viewer's own from events and histories, and for staff private counts of closed days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from recsys.privacy.budget import Budget
from recsys.privacy.limit import limited
from serving.bundles import Champion
from serving.database import Database
from serving.insights import store
from serving.insights.contracts import AskedForInsights, Audience, Insights
from serving.insights.statistics import Facts, insights_of
from serving.refusals import NoCatalogError, NotClosedError

CLOSED_AFTER: Final = timedelta(days=2)
"""So long after a day began it is closed: devices that were offline for a while have told of it by then."""
STATISTICS: Final = ("active", "genres", "completed")


class Insight:
    """The use cases of insights.

    Parameters
    ----------
    database : Database
    champion : Champion
        Whose catalog says what titles are.
    budget : Budget
        Of private statistics.
    key : callable
        Gives the key of their noise.
    """

    def __init__(
        self,
        database: Database,
        champion: Champion,
        budget: Budget,
        key: Callable[[], bytes],
    ) -> None:
        self._database, self._champion = database, champion
        self._budget, self._key = budget, key
        self._facts: tuple[object, Facts] = (None, Facts({}, {}))

    def own(self, viewer_id: str, asked: AskedForInsights) -> Insights:
        """Return what a viewer watched in the last days, by events and, where there are none, by the history.

        Raises
        ------
        DatabaseDownError
            If the database does not answer.
        """
        until = datetime.now(UTC)
        since = until - timedelta(days=asked.days)
        with self._database.reading() as connection:
            watched = store.watched(connection, viewer_id, since, until)
            summed = store.summed(connection, viewer_id, since, until)
        return insights_of(watched, self._catalog(), since.date(), until.date(), summed)

    def audience(self, day: date | None) -> Audience:
        """Return private counts of a closed day, by default the newest; the first answer is the answer for ever.

        Raises
        ------
        NotClosedError
            If the day is not closed yet.
        NoCatalogError
            If there is no catalog to tell groups from.
        DatabaseDownError
            If the database does not answer.
        """
        newest = (datetime.now(UTC) - CLOSED_AFTER).date()
        day = day or newest
        start = datetime.combine(day, datetime.min.time(), UTC)
        if day > newest:
            raise NotClosedError(expected=f"a day up to {newest}", got=day, where="day")
        told = {name: self._told(name, start) for name in STATISTICS}
        return Audience(
            day=day,
            active_viewers=told["active"].get("all"),
            viewers_by_genre=told["genres"],
            viewers_who_completed=told["completed"],
            epsilon={name: self._budget.statistics[name].epsilon for name in STATISTICS},
        )

    def _told(self, name: str, start: datetime) -> dict[str, int]:
        """Return what was told of a statistic, or count it now and keep that."""
        with self._database.reading() as connection:
            kept = store.kept(connection, name, start.date())
        if kept is not None:
            return kept
        counts = self._counted(name, start)
        self._database.retried(
            lambda connection: store.keep(connection, name, start.date(), counts)
        )
        with self._database.reading() as connection:  # another replica may have been first
            return store.kept(connection, name, start.date()) or {}

    def _counted(self, name: str, start: datetime) -> dict[str, int]:
        if self._champion.current is None:
            raise NoCatalogError.now()  # or nothing would be told of the day for ever
        statistic, key = self._budget.statistics[name], self._key()
        with self._database.transaction() as connection:
            pairs = store.day(connection, start, start + timedelta(days=1))
        grouped, groups = self._groups(name, pairs)
        question = (name, start.date().isoformat())
        exact = dict.fromkeys(groups, 0) | limited(
            grouped, statistic.most_per_viewer, question, key
        )
        return statistic.count(exact, question, key)

    def _groups(
        self, name: str, pairs: list[tuple[str, str, bool]]
    ) -> tuple[dict[str, set[str]], list[str]]:
        """Return in which groups each viewer is, and all groups that there could be."""
        facts = self._catalog()
        grouped: dict[str, set[str]] = defaultdict(set)
        for viewer, title, completed in pairs:
            if name == "active":
                grouped[viewer].add("all")
            elif name == "genres":
                grouped[viewer].update(facts.genres.get(title, ()))
            elif completed and title in facts.kinds:
                grouped[viewer].add(facts.kinds[title])
        possible = {
            "active": {"all"},
            "genres": {genre for several in facts.genres.values() for genre in several},
            "completed": set(facts.kinds.values()),
        }
        return grouped, sorted(possible[name])

    def _catalog(self) -> Facts:
        replica = self._champion.current
        if replica is None:
            return Facts({}, {})
        mark, facts = self._facts
        if mark is not replica.mark:
            catalog = replica.recommender.catalog
            names = ("title_id", "series_id", "genres", "title_type")
            lengths = catalog["duration_seconds"].to_pylist()
            rows = list(zip(*(catalog[name].to_pylist() for name in names), strict=True))
            genres = {title: tuple(several or ()) for title, _, several, _ in rows}
            kinds = {title: kind for title, _, _, kind in rows}
            for title, series, _, _ in rows:
                if series in genres:
                    genres[title] = genres[series]
            ids = (title for title, _, _, _ in rows)
            facts = Facts(genres, kinds, dict(zip(ids, lengths, strict=True)))
            self._facts = (replica.mark, facts)
        return facts
