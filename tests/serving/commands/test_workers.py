"""Several processes share a port, count together, and end together."""

import os
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.serving.conftest import until
from tests.serving.replica_process import RECSYS, free_port


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def serving(pids: list[int]) -> list[int]:
    """Leave out the helper by which Python shares what its processes hold."""
    named = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in pids}
    return [pid for pid, words in named.items() if "resource_tracker" not in words]


@pytest.mark.timeout(240)
def test_workers_answer_on_one_port_and_stop_with_their_parent(
    store: Path, registry: Path, shared_database: str
) -> None:
    port = free_port()
    places = {"STORE": store, "REGISTRY": registry, "DATABASE_URL": shared_database}
    environment = os.environ | {f"RECSYS_{name}": str(value) for name, value in places.items()}
    command = [RECSYS, "serve", "--workers", "2", "--port", str(port)]
    with subprocess.Popen(command, env=environment) as process:
        try:
            assert until(lambda: len(serving(children(process.pid))) == 2, 60)
            workers = serving(children(process.pid))
            assert until(lambda: _ready(port), 120)
            page = httpx.get(f"http://127.0.0.1:{port}/api/recommendations/home", timeout=30)
            assert page.json()["rows"]
            for _ in range(6):
                httpx.get(f"http://127.0.0.1:{port}/health", timeout=30)
            # Whichever is asked tells what all of them have counted.
            assert [_counted(port) for _ in range(4)] == [6.0] * 4
            # One that dies is replaced, and the other answers meanwhile.
            os.kill(workers[0], signal.SIGKILL)
            assert _ready(port)
            assert until(lambda: len(set(serving(children(process.pid))) - set(workers)) == 1, 60)
            assert until(lambda: _told(port, "recsys_bundle_info") == [1.0])
            assert _counted(port) == 6.0
            every = [process.pid, *children(process.pid)]
        finally:
            process.terminate()
            process.wait(60)
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in every), 60)


def _counted(port: int) -> float:
    (answers,) = _told(port, 'recsys_requests_total{method="GET",route="/health",status="200"}')
    return answers


def _told(port: int, meter: str) -> list[float]:
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
    return [float(line.split()[-1]) for line in text.splitlines() if line.startswith(meter)]


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", timeout=10).status_code == 200
    except httpx.TransportError:
        return False
