"""A house of its own for tests that go the whole way: a store, a registry, declarations, and the program."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyarrow.parquet as pq

RECSYS = Path(sys.executable).with_name("recsys")
ROOT = Path(__file__).parents[2]


class House:
    """A store and a registry of their own, and the program that works on them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "store"
        self.declarations = folder / "models"
        own = shutil.ignore_patterns("registry", "cards")
        shutil.copytree(ROOT / "models", self.declarations, ignore=own)
        self.environment = os.environ | {
            "RECSYS_DECLARATIONS": str(self.declarations),
            "RECSYS_STORE": str(self.store),
            "RECSYS_REGISTRY": str(folder / "registry"),
            # The world ended some days ago, and events of now come after a gap.
            "RECSYS_HEALTH_POLICY": str(ROOT / "data" / "health-demo.toml"),
        }

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        answer = subprocess.run(
            [RECSYS, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode in codes, answer.stderr[-2000:]
        return answer.stdout

    def serve(self, port: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [RECSYS, "serve", "--port", str(port)], cwd=ROOT, env=self.environment
        )


def event(viewer: str, title: str, kind: str = "complete", **more: Any) -> dict[str, Any]:
    """An event of this moment."""
    return {
        "eventId": str(uuid4()),
        "eventType": kind,
        "viewerId": viewer,
        "titleId": title,
        "occurredAt": datetime.now(UTC).isoformat(),
        **more,
    }


def viewers(house: House, **wanted: object) -> list[str]:
    """Viewers who consented and of whom the file of viewers says so."""
    rows = pq.read_table(house.store / "raw" / "viewers.parquet").to_pylist()
    return [
        str(row["viewer_id"])
        for row in rows
        if row["consent"] and all(row[name] == value for name, value in wanted.items())
    ]


def home(client: httpx.Client, viewer: str, **query: object) -> dict[str, Any]:
    answer = client.get("/api/recommendations/home", params={"viewerId": viewer, **query})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def wait(happened: Callable[[], bool]) -> None:
    """Wait for something to happen, for two minutes at most."""
    for _ in range(240):
        if happened():
            return
        time.sleep(0.5)
    raise AssertionError("it did not happen within two minutes")


def wait_until_ready(client: httpx.Client) -> None:
    def ready() -> bool:
        try:
            return client.get("/ready").status_code == 200
        except httpx.TransportError:
            return False

    wait(ready)
