"""The application: routes, limits and errors around the parts of one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from recsys.settings import Settings
from serving import health, problems
from serving.analytics.routes import router as analytics
from serving.catalog.routes import router as catalog
from serving.identity.presented import Presented
from serving.identity.routes import router as identity
from serving.limits import BodyLimit
from serving.metrics import Measured
from serving.openapi import Described
from serving.parts import Parts
from serving.recommendations.again import Again
from serving.recommendations.routes import router as recommendations
from serving.replay.routes import router as replay
from serving.sessions.routes import router as sessions
from serving.staff.routes import router as staff
from serving.taste.routes import router as tastes
from serving.web.routes import mount
from serving.web.routes import router as web


def create_app(settings: Settings, *, show_viewers: bool = False) -> FastAPI:
    """Return the application; its parts open when it starts and close when it ends.

    Parameters
    ----------
    settings : Settings
    show_viewers : bool
        Whether anyone who reaches the page is offered the ids of some viewers.
    """
    parts = Parts.of(settings, show_viewers=show_viewers)
    app = Described(
        title="recsys",
        version="0.1.0",
        summary="Personalized rows and similar titles for a video-streaming service.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts = parts
    problems.install(app)
    for router in (
        health.router,
        identity,
        recommendations,
        replay,
        sessions,
        tastes,
        analytics,
        catalog,
        staff,
        web,
    ):
        app.include_router(router)
    mount(app, settings.store / "artwork")
    app.add_middleware(Again, pages=parts.pages)
    app.add_middleware(Presented, identity=parts.identity)
    app.add_middleware(BodyLimit)
    app.add_middleware(Measured, metrics=parts.metrics)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    # The database first: what staff took down must be known before anything is shown.
    await run_in_threadpool(parts.database.open)
    await run_in_threadpool(parts.champion.open)
    parts.news.open()
    parts.replays.open()
    parts.intake.start()
    try:
        yield
    finally:
        await parts.intake.stop()
        await run_in_threadpool(parts.replays.close)
        await run_in_threadpool(parts.news.close)
        await run_in_threadpool(parts.champion.close)
        await run_in_threadpool(parts.database.close)
