"""A server under load: a process of its own, started, waited for, looked at, and ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from pipelines.benchmark.serving.processes import cpu_seconds, resident_bytes, tree
from recsys.errors import InputError

PATIENCE = 3600.0
"""Seconds: taking a million viewers into the database comes before the first answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """One that answers.

    Attributes
    ----------
    port : int
    pid : int
    database : int or None
        The process of the database that it brought, if it did.
    started_seconds : float
        Until it answered.
    """

    port: int
    pid: int
    database: int | None
    started_seconds: float

    def cpu_seconds(self) -> float:
        """Return what its processes have used, those of the database not counted."""
        return cpu_seconds(self.pid)

    def database_seconds(self) -> float:
        """Return what the database's processes have used; 0 without one."""
        return cpu_seconds(self.database) if self.database else 0.0

    def replica_bytes(self) -> int:
        """Return the memory of the largest of its processes: each is a replica."""
        return max(resident_bytes(pid) for pid in tree(self.pid))

    def get(self, path: str, **headers: str) -> tuple[Mapping[str, str], bytes]:
        """Return the headers, by names in small letters, and the body of one answer."""
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=60
        ) as answer:
            return {name.lower(): value for name, value in answer.headers.items()}, answer.read()


@contextmanager
def replica(
    store: Path, registry: Path, workers: int = 1, *, asked: str = "/ready"
) -> Iterator[Server]:
    """Run ``recsys serve`` over a store and a registry until the block ends.

    Parameters
    ----------
    store, registry : Path
    workers : int
        Processes that serve.
    asked : str
        What it must answer before it counts as started; without a bundle it is never ready.

    Raises
    ------
    InputError
        If it ends instead of answering; the error tells its last words.
    """
    settings = {
        "RECSYS_STORE": str(store.resolve()),
        "RECSYS_REGISTRY": str(registry.resolve()),
        # A page that lacks its best part for want of time costs less: only whole ones are counted.
        "RECSYS_DEADLINE_MS": "60000",
    }
    program = Path(sys.executable).with_name("recsys")
    with _running([str(program), "serve", "--workers", str(workers)], asked, settings) as (
        port,
        pid,
        seconds,
    ):
        yield Server(port, pid, postmaster(store / "postgres"), seconds)


@contextmanager
def beside(*words: str) -> Iterator[Server]:
    """Run one of ``serving.beside`` until the block ends."""
    with _running([sys.executable, "-m", "serving.beside", *words], "/health", {}) as (
        port,
        pid,
        seconds,
    ):
        yield Server(port, pid, None, seconds)


@contextmanager
def _running(
    command: Sequence[str], asked: str, settings: Mapping[str, str]
) -> Iterator[tuple[int, int, float]]:
    port, started = _free_port(), time.perf_counter()
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  our own programs
            [*command, "--port", str(port)],
            env={**os.environ, **settings},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}{asked}", said)
            yield port, process.pid, time.perf_counter() - started
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], url: str, said: IO[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  this machine's own
                return
        except OSError:
            time.sleep(0.1)
    said.seek(0)
    raise InputError(expected="a server that answers", got=said.read().decode()[-2000:], where=url)


def postmaster(folder: Path) -> int | None:
    """Return the process that the embedded database's own file names."""
    file = folder / "postmaster.pid"
    return int(file.read_text().split()[0]) if file.is_file() else None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
