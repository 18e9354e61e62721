"""What the rooms of one process stand on: the database, what answers, who asks, and what is kept of answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from recsys.declaration import ROWS
from recsys.settings import Settings
from serving.accounts.erasing import Sweeper
from serving.analytics.backfill import take_in
from serving.bundles import Champion
from serving.contracts import Someone
from serving.current_changes import CurrentChanges
from serving.current_policy import CurrentPolicy
from serving.cursors import Cursors
from serving.database import Database
from serving.metrics import Metrics
from serving.news import CATALOG, CHANNEL, News
from serving.recommendations.cache import PageCache
from serving.recommendations.contracts import Asked
from serving.recommendations.viewers import Asker, Viewers
from serving.redis_answers import RedisAnswers
from serving.staff.store import Source


@dataclass(frozen=True, slots=True)
class Ground:
    """What more than one room needs.

    Attributes
    ----------
    cache : PageCache
        Of pages; whoever changes what a viewer is shown says so to its ``forget``.
    answers : RedisAnswers or None
        Of the catalog, which replicas share.
    """

    settings: Settings
    metrics: Metrics
    viewers: Viewers
    database: Database
    policy: CurrentPolicy
    champion: Champion
    cache: PageCache
    cursors: Cursors
    answers: RedisAnswers | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Build it; nothing is opened yet."""
        metrics = Metrics()
        viewers = Viewers(settings.store / "raw" / "viewers.parquet")
        database = _database(settings, viewers)
        changes = CurrentChanges(Source(database), settings.store / "catalog" / "changes.parquet")
        policy = CurrentPolicy(settings.declarations / ROWS, lambda: changes.current.placements)
        return cls(
            settings=settings,
            metrics=metrics,
            viewers=viewers,
            database=database,
            policy=policy,
            champion=Champion(settings.registry, settings.store, policy, changes, metrics),
            cache=PageCache(int(settings.cache_mb * 1e6)),
            cursors=Cursors.of(settings.store / "cursor.key"),
            answers=RedisAnswers.of(settings, metrics),
        )

    @property
    def artwork(self) -> Path:
        """The folder of posters."""
        return self.settings.store / "artwork"

    def news(self) -> News:
        """Return what hears of events and of changes that came to other replicas."""
        heard = {
            CHANNEL: lambda viewer_id: self.cache.forget([viewer_id]),
            CATALOG: lambda _: self.champion.hear(),
        }
        return News(lambda: self.database.address, heard, self.cache.inform)

    def who(self, asked: Someone) -> Asker:
        """Return who asks anything, and from where, as one who asks for recommendations says it."""
        return self.viewers.who(_asked(asked), self.database)

    def taste(self, asked: Someone) -> Asker:
        """Return as much of it as tells what the viewer likes."""
        return self.viewers.taste(_asked(asked), self.database)

    def where(self, asked: Someone) -> Asker:
        """Return the same as far as it decides what may be shown."""
        return self.viewers.where(_asked(asked), self.database)


def _database(settings: Settings, viewers: Viewers) -> Database:
    sweeper = Sweeper()

    def tend(database: Database) -> None:
        viewers.remember(database)
        sweeper.sweep(database)

    return Database(settings, lambda begin: take_in(begin, settings.store / "raw"), tend)


def _asked(asked: Someone) -> Asked:
    who = asked.model_dump(by_alias=True, include=set(Someone.model_fields))
    return Asked.model_validate(who)
