"""What one process holds, put together once when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache as cache_of
from typing import Self

from fastapi import Request

from recsys.declaration import TIERS
from recsys.privacy.budget import Budget
from recsys.privacy.pseudonym import load_key
from recsys.settings import Settings
from serving.accounts.lists import Lists
from serving.accounts.members import Members
from serving.accounts.service import Accounts
from serving.activity import Activity
from serving.analytics.backfill import take_in_titles
from serving.analytics.durations import Durations
from serving.analytics.service import Intake
from serving.analytics.video import Players
from serving.bundles import Champion
from serving.catalog.service import Contents
from serving.catalog.trending import Recent
from serving.database import Database
from serving.feedback.service import Opinions
from serving.ground import Ground
from serving.identity.rates import Rates
from serving.identity.service import Identity
from serving.insights.service import Insight
from serving.metrics import Metrics
from serving.news import News
from serving.recommendations.pages import Pages
from serving.recommendations.service import Recommendations
from serving.redis_answers import RedisAnswers
from serving.replay.service import Replays
from serving.search.keeping import Keeper
from serving.search.service import Searches
from serving.sessions.service import Sessions
from serving.shared_cache import SharedCache
from serving.staff.placing import Placing
from serving.staff.service import Staff
from serving.subscriptions.payments import payments_of
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
    answers: RedisAnswers | None
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
        ground = Ground.of(settings)
        database, champion = ground.database, ground.champion
        replays = Replays(champion, database, settings.replay_days)
        recommendations = _recommendations(ground, replays)
        check_titles = recommendations.check_titles
        intake = Intake(database, check_titles, ground.metrics.intake, ground.cache.forget)
        keeper = Keeper(champion, settings.store)
        subscriptions = _subscriptions(ground, local=local)
        return cls(
            settings=settings,
            metrics=ground.metrics,
            identity=Identity.of(settings, local=local),
            rates=Rates(settings),
            traces=Traces.to(settings.traces_url),
            answers=ground.answers,
            activity=Activity(database, ground.metrics),
            database=database,
            news=ground.news(),
            champion=champion,
            intake=intake,
            recommendations=recommendations,
            pages=Pages(recommendations, champion, ground.cache, ground.cursors, ground.metrics),
            replays=replays,
            players=Players(database, intake, Durations(champion), ground.metrics),
            insights=_insights(ground, budget),
            opinions=Opinions(database, intake, check_titles),
            keeper=keeper,
            searches=_searches(ground, keeper),
            sessions=Sessions(recommendations, intake),
            tastes=Tastes(champion, database, ground.who, ground.cache.forget),
            samples=Samples(database, offered=show_viewers),
            staff=_staff(ground, recommendations),
            contents=_contents(ground, budget),
            placing=Placing(database, ground.policy, check_titles, champion.hear),
            members=Members(database),
            accounts=Accounts(database, ground.cache.forget, subscriptions.membership),
            lists=_lists(ground, intake),
            subscriptions=subscriptions,
            payment_secret=secret_of(settings),
        )


def _recommendations(ground: Ground, replays: Replays) -> Recommendations:
    return Recommendations(
        ground.champion,
        ground.database,
        ground.viewers,
        ground.metrics,
        replays.note,
        deadline=ground.settings.deadline_ms / 1e3,
    )


def _contents(ground: Ground, budget: Budget) -> Contents:
    most_bytes = int(ground.settings.cache_mb * 1e6)
    return Contents(
        ground.champion,
        ground.artwork,
        ground.who,
        Recent(ground.database, budget.trending.release),
        cache=SharedCache("catalog", most_bytes, ground.metrics, ground.answers),
        cursors=ground.cursors.apart("new-releases"),
    )


def _searches(ground: Ground, keeper: Keeper) -> Searches:
    most_bytes = int(ground.settings.cache_mb * 1e6)
    # Known by a view of this process alone, so that no other replica could use them.
    cache = SharedCache("search", most_bytes, ground.metrics)
    return Searches(keeper, ground.metrics, ground.taste, ground.where, cache)


def _insights(ground: Ground, budget: Budget) -> Insight:
    key = cache_of(lambda: load_key(ground.settings.store / "insights.key"))
    return Insight(ground.database, ground.champion, budget, key)


def _staff(ground: Ground, recommendations: Recommendations) -> Staff:
    raw = ground.settings.store / "raw"
    return Staff(
        ground.database,
        lambda: take_in_titles(ground.database.transaction, raw),
        recommendations.check_titles,
        ground.champion.hear,
    )


def _lists(ground: Ground, intake: Intake) -> Lists:
    return Lists(
        ground.champion,
        ground.database,
        intake,
        cursors=ground.cursors,
        heard=ground.cache.forget,
        artwork=ground.artwork,
    )


def _subscriptions(ground: Ground, *, local: bool) -> Subscriptions:
    tiers = Tiers.read(ground.settings.declarations / TIERS)
    return Subscriptions(ground.database, tiers, payments_of(ground.settings, local=local))


def parts_of(request: Request) -> Parts:
    """Return the parts of the app that a request came to."""
    return request.app.state.parts
