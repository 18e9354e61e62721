"""The application: routes, limits and errors around the parts of one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from recsys.settings import Settings
from serving import health, problems
from serving.accounts.lists_routes import router as lists
from serving.accounts.routes import router as accounts
from serving.analytics.arrivals import Arrivals
from serving.analytics.routes import router as analytics
from serving.catalog.routes import router as catalog
from serving.feedback.routes import router as feedback
from serving.identity.presented import Presented
from serving.identity.routes import router as identity
from serving.insights.routes import router as insights
from serving.limits import BodyLimit
from serving.metrics import Measured
from serving.openapi import Described
from serving.outside import HEADER, Outside
from serving.parts import Parts
from serving.recommendations.again import Again
from serving.recommendations.at_hand import AtHand
from serving.recommendations.routes import router as recommendations
from serving.replay.routes import router as replay
from serving.search.at_once import AtOnce
from serving.search.routes import router as search
from serving.sessions.routes import router as sessions
from serving.staff.routes import router as staff
from serving.subscriptions.routes import router as subscriptions
from serving.taste.routes import router as tastes
from serving.traces import Traced
from serving.web.routes import mount
from serving.web.routes import router as web


def create_app(settings: Settings, *, show_viewers: bool = False, local: bool = False) -> FastAPI:
    """Return the application; its parts open when it starts and close when it ends.

    Parameters
    ----------
    settings : Settings
    show_viewers : bool
        Whether anyone who reaches the page is offered the ids of some viewers.
    local : bool
        Whether this machine alone reaches it.
    """
    parts = Parts.of(settings, show_viewers=show_viewers, local=local)
    app = Described(
        title="recsys",
        version="0.1.0",
        summary="Personalized rows and similar titles for a video-streaming service.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        # Traces are our own (serving/traces.py); the framework would look for others' at every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.parts = parts
    problems.install(app)
    for router in (
        health.router,
        identity,
        recommendations,
        replay,
        search,
        sessions,
        tastes,
        analytics,
        catalog,
        staff,
        feedback,
        insights,
        web,
        lists,
        subscriptions,
        accounts,
    ):
        app.include_router(router)
    mount(app, settings.store / "artwork")
    app.add_middleware(AtHand, recommendations=parts.recommendations)
    app.add_middleware(AtOnce, searches=parts.searches)
    app.add_middleware(Again, pages=parts.pages)
    app.add_middleware(Arrivals, intake=parts.intake)
    app.add_middleware(Presented, identity=parts.identity, rates=parts.rates)
    app.add_middleware(BodyLimit)
    app.add_middleware(Measured, metrics=parts.metrics)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **_shared_with(settings.cors_origins))
    if parts.traces is not None:
        app.add_middleware(Traced, traces=parts.traces)
    app.add_middleware(Outside, lines=settings.request_logs)
    return app


def _shared_with(origins: Sequence[str]) -> dict[str, Any]:
    """Return what pages of other origins may do: no cookie is ever asked for, tokens are sent by hand."""
    return {
        "allow_origins": origins,
        "allow_methods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
        "allow_headers": [
            "Authorization",
            "Content-Type",
            "If-None-Match",
            "Idempotency-Key",
            HEADER,
        ],
        "expose_headers": ["ETag", "Retry-After", HEADER],
        "max_age": 600,
    }


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    # The database first: what staff took down must be known before anything is shown.
    await run_in_threadpool(parts.database.open)
    await run_in_threadpool(parts.champion.open)
    parts.news.open()
    parts.replays.open()
    parts.keeper.open()
    parts.intake.start()
    try:
        yield
    finally:
        await parts.intake.stop()
        await parts.rates.close()
        if parts.traces is not None:
            await run_in_threadpool(parts.traces.close)
        if parts.answers is not None:
            await run_in_threadpool(parts.answers.close)
        await run_in_threadpool(parts.keeper.close)
        await run_in_threadpool(parts.replays.close)
        await run_in_threadpool(parts.news.close)
        await run_in_threadpool(parts.champion.close)
        await run_in_threadpool(parts.database.close)
