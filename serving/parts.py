"""What one process holds, put together once when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from fastapi import Request

from recsys.declaration import ROWS
from recsys.settings import Settings
from serving.analytics.backfill import take_in
from serving.analytics.service import Intake
from serving.bundles import Champion
from serving.current_policy import CurrentPolicy
from serving.database import Database
from serving.metrics import Metrics
from serving.recommendations.contracts import Asked
from serving.recommendations.service import Recommendations
from serving.recommendations.viewers import Viewers
from serving.sessions.service import Sessions
from serving.taste.contracts import AskedForTaste
from serving.taste.service import Tastes
from serving.web.service import Samples


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a replica."""

    settings: Settings
    metrics: Metrics
    database: Database
    champion: Champion
    intake: Intake
    recommendations: Recommendations
    sessions: Sessions
    tastes: Tastes
    samples: Samples

    @classmethod
    def of(cls, settings: Settings, *, show_viewers: bool = False) -> Self:
        """Build them; nothing is opened yet."""
        metrics = Metrics()
        viewers = Viewers(settings.store / "raw" / "viewers.parquet")
        database = Database(
            settings, lambda begin: take_in(begin, settings.store / "raw"), viewers.remember
        )
        policy = CurrentPolicy(settings.declarations / ROWS)
        champion = Champion(settings.registry, settings.store, policy, metrics)
        service = Recommendations(champion, database, viewers, metrics)
        intake = Intake(database, service.check_titles, metrics.count_events)
        sessions = Sessions(service, intake)
        tastes = Tastes(champion, database, lambda asked: viewers.who(_asked(asked), database))
        samples = Samples(database, offered=show_viewers)
        return cls(
            settings, metrics, database, champion, intake, service, sessions, tastes, samples
        )


def _asked(asked: AskedForTaste) -> Asked:
    """Return a question about a taste as one for recommendations, which knows the same of the viewer."""
    return Asked.model_validate(asked.model_dump(by_alias=True))


def parts_of(request: Request) -> Parts:
    """Return the parts of the app that a request came to."""
    return request.app.state.parts
