"""Requests with events that were never sent before, put together as they are asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import overload

import numpy as np

from pipelines.world.streams import stream

SHARES = {"impression": 0.6, "progress": 0.25, "click": 0.06, "play": 0.05, "complete": 0.04}
"""What a service's events are: most only say that something was seen or goes on."""
VARIETY = 5000
"""Different events, of which each is sent again and again under ids of its own."""


class Bodies(Sequence[bytes]):
    """POST requests of some events each.

    Parameters
    ----------
    port : int
    path : str
    viewer_ids, title_ids : list of str
    batch : int
        Events of a request; a single one is no list.
    """

    def __init__(
        self, port: int, path: str, viewer_ids: list[str], title_ids: list[str], batch: int
    ) -> None:
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        ).encode()
        self._batch, self._next = batch, 0
        self._events = _events(viewer_ids, title_ids)

    def __len__(self) -> int:
        return 1 << 60

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        """Return a request that was never returned before, whatever its place."""
        events = [self._event() for _ in range(self._batch)]
        body = events[0] if self._batch == 1 else b"[" + b",".join(events) + b"]"
        return b"%sContent-Length: %d\r\n\r\n%s" % (self._head, len(body), body)

    def _event(self) -> bytes:
        bits = os.urandom(16).hex()
        self._next += 1
        whole = f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}"
        return b'{"eventId":"%s",%s' % (whole.encode(), self._events[self._next % VARIETY])


def _events(viewer_ids: list[str], title_ids: list[str]) -> list[bytes]:
    """Return events of the last minutes, each without its id and the brace before it."""
    rng, now = stream(0, "intake"), datetime.now(UTC)
    kinds = rng.choice(list(SHARES), VARIETY, p=np.array(list(SHARES.values())))
    events = [
        {
            "eventType": str(kind),
            "viewerId": viewer_ids[rng.integers(len(viewer_ids))],
            "titleId": title_ids[rng.integers(len(title_ids))],
            "occurredAt": (now - timedelta(seconds=float(rng.uniform(0, 300)))).isoformat(),
            "sessionId": f"session-{rng.integers(10**9)}",
            "deviceType": "tv",
            "region": "DE",
            "recommendationId": f"{rng.integers(1 << 62):032x}",
            "rowId": "top-picks",
            "rowRank": int(rng.integers(10)),
            "itemRank": int(rng.integers(40)),
        }
        | ({"watchedPortion": round(float(rng.random()), 3)} if kind == "progress" else {})
        for kind in kinds
    ]
    return [json.dumps(one, separators=(",", ":"))[1:].encode() for one in events]
