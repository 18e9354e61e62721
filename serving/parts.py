"""What one process holds, put together once when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from fastapi import Request

from recsys.declaration import ROWS, TIERS
from recsys.settings import Settings
from serving.accounts.erasing import Sweeper
from serving.accounts.lists import Lists
from serving.accounts.members import Members
from serving.accounts.service import Accounts
from serving.activity import Activity
from serving.analytics.backfill import take_in
from serving.analytics.service import Intake
from serving.bundles import Champion
from serving.current_policy import CurrentPolicy
from serving.database import Database
from serving.identity.rates import Rates
from serving.identity.service import Identity
from serving.metrics import Metrics
from serving.news import News
from serving.recommendations.cache import PageCache
from serving.recommendations.contracts import Asked
from serving.recommendations.cursors import Cursors
from serving.recommendations.pages import Pages
from serving.recommendations.service import Recommendations
from serving.recommendations.viewers import Viewers
from serving.replay.service import Replays
from serving.sessions.service import Sessions
from serving.subscriptions.payments import LocalPayments
from serving.subscriptions.service import Subscriptions
from serving.subscriptions.signatures import secret_of
from serving.subscriptions.tiers import Tiers
from serving.taste.contracts import AskedForTaste
from serving.taste.service import Tastes
from serving.traces import Traces
from serving.web.service import Samples


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a replica."""

    settings: Settings
    metrics: Metrics
    identity: Identity
    rates: Rates
    traces: Traces | None
    activity: Activity
    database: Database
    news: News
    champion: Champion
    intake: Intake
    recommendations: Recommendations
    pages: Pages
    replays: Replays
    sessions: Sessions
    tastes: Tastes
    samples: Samples
    members: Members
    accounts: Accounts
    lists: Lists
    subscriptions: Subscriptions
    payment_secret: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, *, show_viewers: bool = False, local: bool = False) -> Self:
        """Build them; nothing is opened yet."""
        metrics = Metrics()
        viewers = Viewers(settings.store / "raw" / "viewers.parquet")
        sweeper = Sweeper()

        def tend(database: Database) -> None:
            viewers.remember(database)
            sweeper.sweep(database)

        database = Database(settings, lambda begin: take_in(begin, settings.store / "raw"), tend)
        policy = CurrentPolicy(settings.declarations / ROWS)
        champion = Champion(settings.registry, settings.store, policy, metrics)
        cache = PageCache(int(settings.cache_mb * 1e6))
        news = News(lambda: database.address, cache.forget, cache.inform)
        replays = Replays(champion, database, settings.replay_days)
        deadline = settings.deadline_ms / 1e3
        service = Recommendations(
            champion, database, viewers, metrics, replays.note, deadline=deadline
        )
        intake = Intake(
            database,
            service.check_titles,
            metrics.count_events,
            metrics.count_row_events,
            cache.forget,
        )
        sessions = Sessions(service, intake)
        tastes = Tastes(
            champion, database, lambda asked: viewers.who(_asked(asked), database), cache.forget
        )
        samples = Samples(database, offered=show_viewers)
        cursors = Cursors.of(settings.store / "cursor.key")
        tiers = Tiers.read(settings.declarations / TIERS)
        subscriptions = Subscriptions(database, tiers, LocalPayments())
        return cls(
            settings=settings,
            metrics=metrics,
            identity=Identity.of(settings, local=local),
            rates=Rates(settings),
            traces=Traces.to(settings.traces_url),
            activity=Activity(database, metrics),
            database=database,
            news=news,
            champion=champion,
            intake=intake,
            recommendations=service,
            pages=Pages(service, champion, cache, cursors),
            replays=replays,
            sessions=sessions,
            tastes=tastes,
            samples=samples,
            members=Members(database),
            accounts=Accounts(database, cache.forget, subscriptions.membership),
            lists=Lists(
                champion,
                database,
                intake,
                cursors=cursors,
                heard=cache.forget,
                artwork=settings.store / "artwork",
            ),
            subscriptions=subscriptions,
            payment_secret=secret_of(settings),
        )


def _asked(asked: AskedForTaste) -> Asked:
    """Return a question about a taste as one for recommendations, which knows the same of the viewer."""
    return Asked.model_validate(asked.model_dump(by_alias=True))


def parts_of(request: Request) -> Parts:
    """Return the parts of the app that a request came to."""
    return request.app.state.parts
