"""One way of taking events in: how many at most, how fast at a rate, and what it does when more come than it can take."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.benchmark.intake.load import Load, Sent, send
from pipelines.benchmark.serving.server import Server

CONNECTIONS = 64
"""Clients who wait for their answers, by which the end is looked for."""
OPEN_CONNECTIONS = 256
PAST = 1.5
"""Of what is taken at most, or of the rate: so many events come where more come than can be taken."""
PAST_CONNECTIONS = 600
"""More than a server lets in at one time, or what is refused would wait in the generator instead."""
WARM_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """What was found.

    Attributes
    ----------
    batch : int
        Events of a request.
    most_events_per_second : float
        Acknowledged, by clients who wait.
    at_rate, at_share, past : Sent
        Of open loops: at the rate that is to be reached, at 70 % of the most, and past both.
    rate, share_rate, past_rate : float
        Events a second of each.
    server_us_per_event, database_us_per_event : float
        Processor time at ``share_rate``, microseconds.
    bytes_before, bytes_after : int
        Memory of the process that serves, before it was asked for more than it can do, and at the end of that.
    acknowledged : int
        Events of all phases; so many are in the database.
    """

    batch: int
    most_events_per_second: float
    rate: float
    at_rate: Sent
    share_rate: float
    at_share: Sent
    past_rate: float
    past: Sent
    server_us_per_event: float
    database_us_per_event: float
    bytes_before: int
    bytes_after: int
    acknowledged: int


def row(server: Server, asked: Load, rate: float) -> Row:
    """Measure a server.

    Parameters
    ----------
    server : Server
    asked : Load
        Whom it is about, what is sent, and for how long each phase lasts.
    rate : float
        Events a second that are to be taken.
    """
    warm = send(replace(asked, seconds=WARM_SECONDS, connections=CONNECTIONS))
    most = send(replace(asked, connections=CONNECTIONS))
    share = 0.7 * most.events_per_second
    used = server.cpu_seconds(), server.database_seconds()
    at_share = send(replace(asked, connections=OPEN_CONNECTIONS, rate=share))
    own, database = (
        1e6 * (now - before) / max(at_share.acknowledged, 1)
        for now, before in zip((server.cpu_seconds(), server.database_seconds()), used, strict=True)
    )
    at_rate = send(replace(asked, connections=OPEN_CONNECTIONS, rate=rate))
    before = server.replica_bytes()
    past_rate = PAST * max(rate, most.events_per_second)
    past = send(replace(asked, connections=PAST_CONNECTIONS, rate=past_rate))
    return Row(
        batch=asked.batch,
        most_events_per_second=most.events_per_second,
        rate=rate,
        at_rate=at_rate,
        share_rate=share,
        at_share=at_share,
        past_rate=past_rate,
        past=past,
        server_us_per_event=own,
        database_us_per_event=database,
        bytes_before=before,
        bytes_after=server.replica_bytes(),
        acknowledged=sum(one.acknowledged for one in (warm, most, at_share, at_rate, past)),
    )
