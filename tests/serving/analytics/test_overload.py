"""Where more comes than can be written, it is told so at once, and nothing that was acknowledged is lost."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from recsys.settings import Settings
from serving.analytics import service
from serving.analytics.contracts import Event
from serving.analytics.service import Intake
from serving.database import Database
from serving.metrics import Metrics
from serving.refusals import OverloadedError
from tests.serving.conftest import MakeClient, event

URL = "/api/analytics/event"


def events(count: int) -> list[Event]:
    return [
        Event.model_validate_json(json.dumps(event("full", "t001", "impression")))
        for _ in range(count)
    ]


async def filled(intake: Intake, requests: int, size: int) -> list[Any]:
    """Ask for more at once than may wait, then let the writer begin."""
    asked = [asyncio.create_task(intake.accept(events(size))) for _ in range(requests)]
    await asyncio.sleep(0)
    intake.start()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    await intake.stop()
    return answers


def test_no_more_waits_than_may(
    new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_WAITING", 100)
    url = new_database()
    database = Database(Settings(database_url=url), lambda _: None, lambda _: None)
    database.open()
    metrics = Metrics().intake
    intake = Intake(database, lambda _: None, metrics, lambda _: None)
    answers = asyncio.run(filled(intake, requests=15, size=10))
    database.close()
    refused = [one for one in answers if isinstance(one, OverloadedError)]
    assert (len(answers) - len(refused), len(refused)) == (10, 5)
    assert metrics.waiting._value.get() == 0
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (100,)


def test_past_what_is_worked_on_at_once_a_503_says_when_to_come_again(
    make_client: MakeClient, new_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_AT_ONCE", 1)
    url = new_database()
    client = make_client(database_url=url)
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE event_ledger IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(6) as pool:
            asked = [pool.submit(client.post, URL, json=event("busy", "t001")) for _ in range(6)]
            while sum(one.done() for one in asked) < 5:
                time.sleep(0.01)
            connection.rollback()
            answers = [one.result() for one in asked]
    statuses = sorted(one.status_code for one in answers)
    assert statuses == [202, 503, 503, 503, 503, 503]
    refused = next(one for one in answers if one.status_code == 503)
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["type"] == "/problems/overloaded"
    assert "recsys_events_shed_total 5.0" in client.get("/metrics").text


def test_who_sends_a_body_slowly_keeps_nobody_out(
    client: httpx.Client, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_AT_ONCE", 1)
    place = urlsplit(str(client.base_url))
    with socket.create_connection((place.hostname, place.port)) as slow:
        slow.sendall(f"POST {URL} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n[".encode())
        assert client.post(URL, json=event("quick", "t001")).status_code == 202


def test_how_it_stands_can_be_seen(client: httpx.Client) -> None:
    client.post(URL, json=[event("seen", "t001", "impression") for _ in range(3)])
    told = client.get("/metrics").text
    assert "recsys_events_waiting 0.0" in told
    for name in ("recsys_commit_seconds_count", "recsys_commit_events_sum"):
        value = next(one for one in told.splitlines() if one.startswith(name))
        assert float(value.split()[1]) > 0
    assert 'recsys_events_total{event_type="impression"}' in told
