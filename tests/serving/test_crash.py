"""Every event that was acknowledged is there after the replica was killed in the middle of its work."""

import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg

from tests.serving.conftest import event
from tests.serving.replica_process import replica_process

WRITERS, BEFORE_THE_KILL = 4, 40


def test_no_acknowledged_event_is_lost_when_the_replica_is_killed(
    store: Path, registry: Path, new_database: Callable[[], str]
) -> None:
    url, acknowledged = new_database(), []
    enough = threading.Event()

    def write(address: str) -> None:
        with httpx.Client(base_url=address) as client:
            while True:
                body = event("crash", "t001")
                try:
                    answer = client.post("/api/analytics/event", json=body)
                except httpx.TransportError:
                    return  # the replica is gone
                if answer.status_code == 202:
                    acknowledged.append(body["eventId"])
                if len(acknowledged) >= BEFORE_THE_KILL:
                    enough.set()

    settings = {"store": store, "registry": registry, "database_url": url}
    with replica_process(**settings) as replica:
        writers = [threading.Thread(target=write, args=(replica.url,)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        assert enough.wait(60)
        replica.kill()
        for writer in writers:
            writer.join(30)
    with psycopg.connect(url) as connection:
        kept = {row[0] for row in connection.execute("SELECT event_id FROM event")}
    assert set(acknowledged) <= kept
    assert len(acknowledged) >= BEFORE_THE_KILL
