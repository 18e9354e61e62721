"""What one process holds, put together once when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache as cache_of
from typing import Self

from fastapi import Request

from recsys.declaration import ROWS, TIERS
from recsys.privacy.budget import Budget
from recsys.privacy.pseudonym import load_key
from recsys.settings import Settings
from serving.accounts.erasing import Sweeper
from serving.accounts.lists import Lists
from serving.accounts.members import Members
from serving.accounts.service import Accounts
from serving.activity import Activity
from serving.analytics.backfill import take_in, take_in_titles
from serving.analytics.durations import Durations
from serving.analytics.service import Intake
from serving.analytics.video import Players
from serving.bundles import Champion
from serving.catalog.service import Contents
from serving.catalog.trending import Recent
from serving.contracts import Someone
from serving.current_changes import CurrentChanges
from serving.current_policy import CurrentPolicy
from serving.cursors import Cursors
from serving.database import Database
from serving.feedback.service import Opinions
from serving.identity.rates import Rates
from serving.identity.service import Identity
from serving.insights.service import Insight
from serving.metrics import Metrics
from serving.news import CATALOG, CHANNEL, News
from serving.recommendations.cache import PageCache
from serving.recommendations.contracts import Asked
from serving.recommendations.pages import Pages
from serving.recommendations.service import Recommendations
from serving.recommendations.viewers import Viewers
from serving.replay.service import Replays
from serving.search.keeping import Keeper
from serving.search.service import Searches
from serving.sessions.service import Sessions
from serving.shared_cache import SharedCache
from serving.staff.placing import Placing
from serving.staff.service import Staff
from serving.staff.store import Source
from serving.subscriptions.payments import LocalPayments
from serving.subscriptions.service import Subscriptions
from serving.subscriptions.signatures import secret_of
from serving.subscriptions.tiers import Tiers
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
    players: Players
    opinions: Opinions
    insights: Insight
    keeper: Keeper
    searches: Searches
    sessions: Sessions
    tastes: Tastes
    samples: Samples
    staff: Staff
    placing: Placing
    contents: Contents
    members: Members
    accounts: Accounts
    lists: Lists
    subscriptions: Subscriptions
    payment_secret: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, *, show_viewers: bool = False, local: bool = False) -> Self:
        """Build them; nothing is opened yet."""
        budget = Budget.read(settings.insights_budget)
        metrics = Metrics()
        viewers = Viewers(settings.store / "raw" / "viewers.parquet")
        sweeper = Sweeper()

        def tend(database: Database) -> None:
            viewers.remember(database)
            sweeper.sweep(database)

        database = Database(settings, lambda begin: take_in(begin, settings.store / "raw"), tend)
        changes = CurrentChanges(Source(database), settings.store / "catalog" / "changes.parquet")
        policy = CurrentPolicy(settings.declarations / ROWS, lambda: changes.current.placements)
        champion = Champion(settings.registry, settings.store, policy, changes, metrics)
        cache = PageCache(int(settings.cache_mb * 1e6))
        heard = {
            CHANNEL: lambda viewer_id: cache.forget([viewer_id]),
            CATALOG: lambda _: champion.hear(),
        }
        news = News(lambda: database.address, heard, cache.inform)
        replays = Replays(champion, database, settings.replay_days)
        deadline = settings.deadline_ms / 1e3
        service = Recommendations(
            champion, database, viewers, metrics, replays.note, deadline=deadline
        )
        intake = Intake(database, service.check_titles, metrics.intake, cache.forget)
        sessions = Sessions(service, intake)
        tastes = Tastes(
            champion, database, lambda asked: viewers.who(_asked(asked), database), cache.forget
        )
        keeper = Keeper(champion, settings.store)
        searches = Searches(
            keeper,
            metrics,
            lambda asked: viewers.taste(_asked(asked), database),
            lambda asked: viewers.where(_asked(asked), database),
            SharedCache("search", int(settings.cache_mb * 1e6), metrics),
        )
        samples = Samples(database, offered=show_viewers)
        cursors = Cursors.of(settings.store / "cursor.key")
        contents = Contents(
            champion,
            settings.store / "artwork",
            lambda asked: viewers.who(_asked(asked), database),
            Recent(database, budget.trending.release),
            cache=SharedCache("catalog", int(settings.cache_mb * 1e6), metrics),
            cursors=cursors.apart("new-releases"),
        )
        staff = Staff(
            database,
            lambda: take_in_titles(database.transaction, settings.store / "raw"),
            service.check_titles,
            champion.hear,
        )
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
            players=Players(database, intake, Durations(champion), metrics),
            insights=Insight(
                database,
                champion,
                budget,
                cache_of(lambda: load_key(settings.store / "insights.key")),
            ),
            opinions=Opinions(database, intake, service.check_titles),
            keeper=keeper,
            searches=searches,
            sessions=sessions,
            tastes=tastes,
            samples=samples,
            staff=staff,
            contents=contents,
            placing=Placing(database, policy, service.check_titles, champion.hear),
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


def _asked(asked: Someone) -> Asked:
    """Return who asks anything, and from where, as one who asks for recommendations says it."""
    who = asked.model_dump(by_alias=True, include={"viewer_id", "region", "maximum_age"})
    return Asked.model_validate(who)


def parts_of(request: Request) -> Parts:
    """Return the parts of the app that a request came to."""
    return request.app.state.parts
