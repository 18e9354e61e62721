"""What a replica counts, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.page.policy import AnyKind
from serving.shared_meters import shared, told

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5)


KINDS: Final = tuple(
    get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(AnyKind)[0])
)
"""Of rows."""


def kind_of(row_id: str) -> str:
    """Return the kind of a row that a client names: one of few, whatever the client says."""
    found = (kind for kind in KINDS if row_id == kind or row_id.startswith(f"{kind}-"))
    return next(found, "other")


class PlayerMeters:
    """What players tell of how they do: how long they take to start, how often and how long they stall."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.told = Counter(
            "recsys_player_events", "What players said, by its name", ["event"], registry=registry
        )
        self.start = Histogram(
            "recsys_player_start_seconds",
            "From the wish to the first picture",
            buckets=(0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30),
            registry=registry,
        )
        self.stalled = Histogram(
            "recsys_player_stalled_seconds",
            "Of each time that a player waited for more",
            buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
            registry=registry,
        )

    def note(self, event: str, start: float | None, stalled: float | None) -> None:
        """Count what a player said, and how long it took where it says so."""
        self.told.labels(event).inc()
        if start is not None:
            self.start.observe(start)
        if stalled is not None:
            self.stalled.observe(stalled)


class IntakeMeters:
    """What is told of taking events in: how many, how many wait, how commits go."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.events = Counter(
            "recsys_events", "Events made durable", ["event_type"], registry=registry
        )
        self.duplicates = Counter(
            "recsys_events_duplicate", "Events that had come before", registry=registry
        )
        self.waiting = Gauge(
            "recsys_events_waiting",
            "Events that wait for a commit or are in one",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.commits = Histogram(
            "recsys_commit_seconds",
            "Time of a commit of events",
            buckets=BUCKETS,
            registry=registry,
        )
        self.committed = Histogram(
            "recsys_commit_events",
            "Events that share a commit",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000),
            registry=registry,
        )
        self.shed = Counter(
            "recsys_events_shed",
            "Requests with events that were refused because too many waited",
            registry=registry,
        )
        self.row_events = Counter(
            "recsys_row_events",
            "Events that came of a row, by what kind of row it is",
            ["row", "event_type"],
            registry=registry,
        )

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

    def note_commit(self, events: int, seconds: float) -> None:
        """Note how many events shared a commit, and how long it took."""
        self.committed.observe(events)
        self.commits.observe(seconds)


class Metrics:
    """The meters of one app; where several processes serve it, each has these."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.player, self.intake = PlayerMeters(self.registry), IntakeMeters(self.registry)
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
        self.cached = Counter(
            "recsys_cache_lookups",
            "Answers that were looked for in a cache, in the process or beyond it in Redis: "
            "hit, miss, waited for whoever made it, late if in vain, away if there is no Redis",
            ["cache", "level", "outcome"],
            registry=self.registry,
        )
        self.refused = Counter(
            "recsys_bundles_refused", "Bundles that could not be served", registry=self.registry
        )
        self.bundle = Gauge(
            "recsys_bundle_info",
            "The bundle that answers",
            ["bundle_id"],
            registry=self.registry,
            multiprocess_mode="livemax",
        )
        # These two are looked at when they are asked for, by the process that is asked.
        self.up = Gauge(
            "recsys_part_up",
            "Whether a part is there",
            ["part"],
            registry=self.registry,
            multiprocess_mode="livemostrecent",
        )
        self.viewers = Gauge(
            "recsys_viewers",
            "Viewers who did something in 30 days, or in the 30 before and not since",
            ["state"],
            registry=self.registry,
            multiprocess_mode="livemostrecent",
        )
        self._bundle_id = ""

    def show_bundle(self, bundle_id: str) -> None:
        """Say which bundle answers from now on; "" is none."""
        if not shared():
            self.bundle.clear()
        elif self._bundle_id:
            self.bundle.labels(self._bundle_id).set(0)  # others may have it still
        self._bundle_id = bundle_id
        if bundle_id:
            self.bundle.labels(bundle_id).set(1)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format, that of the processes beside this one included."""
        return told(self.registry)


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
