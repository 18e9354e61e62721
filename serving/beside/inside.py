"""What each stage of a page costs: pages made one after another in this process, looked at meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from recsys.profile import Profile
from recsys.settings import Settings
from serving.app import create_app
from serving.parts import Parts
from serving.recommendations.contracts import Asked, Home

ROOMS = ("recsys.", "features.", "serving.")
PAUSE = 0.001
WARM = 20
"""Pages before any is counted."""


def inside(settings: Settings, viewer_ids: list[str], seconds: float) -> dict[str, Any]:
    """Return what a page costs when one thread makes one after another, and nobody asks over the network.

    Parameters
    ----------
    settings : Settings
        Of a store and a registry that are ready to serve.
    viewer_ids : list of str
        Asked for in turn.
    seconds : float

    Returns
    -------
    dict
        ``pages``, ``page_ms``, ``processor_ms``, and ``stages``: milliseconds of a page by our function,
        the largest first, what libraries do counted for the function that called them.
    """
    with _open(create_app(settings)) as parts:
        return _watched(parts, viewer_ids, seconds)


@contextmanager
def _open(app: FastAPI) -> Iterator[Parts]:
    parts: Parts = app.state.parts
    parts.champion.open()
    parts.database.open()
    try:
        yield parts
    finally:
        parts.champion.close()
        parts.database.close()


def _watched(parts: Parts, viewer_ids: list[str], seconds: float) -> dict[str, Any]:
    adapter = TypeAdapter(Home)
    for viewer_id in viewer_ids[:WARM]:
        _page(parts, adapter, viewer_id)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(PAUSE / 4)  # or whoever looks would have to wait for the interpreter
    pages, began, start = 0, time.thread_time(), time.perf_counter()
    with Profile(ROOMS, PAUSE) as profile:
        while (taken := time.perf_counter() - start) < seconds:
            _page(parts, adapter, viewer_ids[(WARM + pages) % len(viewer_ids)])
            pages += 1
    sys.setswitchinterval(usual)
    page_ms = 1e3 * taken / pages
    return {
        "pages": pages,
        "page_ms": page_ms,
        "processor_ms": 1e3 * (time.thread_time() - began) / pages,
        "stages": {name: share * page_ms for name, share in profile.shares.items()},
    }


def _page(parts: Parts, adapter: TypeAdapter[Home], viewer_id: str) -> bytes:
    """Make a page and write it as the route does."""
    home = parts.recommendations.home(Asked.model_validate({"viewerId": viewer_id})).page
    return encoded(adapter, home)


def encoded(adapter: TypeAdapter[Home], home: Home) -> bytes:
    """Return the bytes of an answer; a function of its own, so that its time is told apart."""
    return adapter.dump_json(home, by_alias=True)
