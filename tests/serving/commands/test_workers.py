"""Several processes share a port, and end together."""

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
            # One that dies is replaced, and the other answers meanwhile.
            os.kill(workers[0], signal.SIGKILL)
            assert _ready(port)
            assert until(lambda: len(set(serving(children(process.pid))) - set(workers)) == 1, 60)
            every = [process.pid, *children(process.pid)]
        finally:
            process.terminate()
            process.wait(60)
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in every), 60)


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", timeout=10).status_code == 200
    except httpx.TransportError:
        return False
