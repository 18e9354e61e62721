"""What a replica counts, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.page.policy import AnyKind

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5)


KINDS: Final = tuple(
    get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(AnyKind)[0])
)
"""Of rows."""


def kind_of(row_id: str) -> str:
    """Return the kind of a row that a client names: one of few, whatever the client says."""
    found = (kind for kind in KINDS if row_id == kind or row_id.startswith(f"{kind}-"))
    return next(found, "other")


class Metrics:
    """The meters of one process, apart from those of any other app in it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "recsys_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "recsys_request_seconds",
            "Time to the last byte",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.degraded = Counter(
            "recsys_degraded",
            "Answers given without a part",
            ["rung"],
            registry=self.registry,
        )
        self.events = Counter(
            "recsys_events", "Events made durable", ["event_type"], registry=self.registry
        )
        self.duplicates = Counter(
            "recsys_events_duplicate", "Events that had come before", registry=self.registry
        )
        self.refused = Counter(
            "recsys_bundles_refused", "Bundles that could not be served", registry=self.registry
        )
        self.bundle = Gauge(
            "recsys_bundle_info", "The bundle that answers", ["bundle_id"], registry=self.registry
        )
        self.up = Gauge(
            "recsys_part_up", "Whether a part is there", ["part"], registry=self.registry
        )

        self.row_events = Counter(
            "recsys_row_events",
            "Events that came of a row, by what kind of row it is",
            ["row", "event_type"],
            registry=self.registry,
        )
        self.viewers = Gauge(
            "recsys_viewers",
            "Viewers who did something in 30 days, or in the 30 before and not since",
            ["state"],
            registry=self.registry,
        )
        self.start_seconds = Histogram(
            "recsys_playback_start_seconds",
            "From the press of play to the picture",
            buckets=(0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30),
            registry=self.registry,
        )
        self.rebuffer_seconds = Counter(
            "recsys_playback_rebuffer_seconds",
            "For which pictures stood still for want of data",
            registry=self.registry,
        )
        self.watched_seconds = Counter(
            "recsys_playback_watched_seconds", "For which was watched", registry=self.registry
        )

    def count_playback(self, start: float, rebuffer: float, watched: float) -> None:
        """Count one playback; all in seconds."""
        self.start_seconds.observe(start)
        self.rebuffer_seconds.inc(rebuffer)
        self.watched_seconds.inc(watched)

    def count_row_events(self, events: Iterable[tuple[str | None, str]]) -> None:
        """Count events by the row that they came of, where it is known, and by their type."""
        for row_id, kind in events:
            if row_id is not None:
                self.row_events.labels(kind_of(row_id), kind).inc()

    def count_events(self, new: list[str], duplicates: int) -> None:
        """Count one request's events, by type, and how many had come before."""
        for kind in new:
            self.events.labels(kind).inc()
        self.duplicates.inc(duplicates)

    def show_bundle(self, bundle_id: str) -> None:
        """Say which bundle answers from now on; "" is none."""
        self.bundle.clear()
        if bundle_id:
            self.bundle.labels(bundle_id).set(1)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)


class Measured:
    """ASGI middleware that counts and times requests by route, never by path."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self.metrics.requests.labels(scope["method"], route, str(status)).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - started)
