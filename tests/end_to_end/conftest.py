"""One house for all tests that go the whole way."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from pipelines.world import make
from pipelines.world.almanac import monday_before
from tests.end_to_end.house import House, wait_until_ready

DAYS = 21


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A small world that ended this week, ingested and published."""
    folder = tmp_path_factory.mktemp("house")
    start = monday_before(datetime.now(UTC).date(), DAYS)
    make(folder / "world", seed=2, viewers=800, titles=400, days=DAYS, start=start)
    house = House(folder)
    house.run("ingest", str(folder / "world"))
    house.run("nightly", "--json", str(folder / "night.json"))
    return house


@pytest.fixture(scope="session")
def api(house: House) -> Iterator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = house.serve(port)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            wait_until_ready(client)
            yield client
    finally:
        process.terminate()
        process.wait(60)
