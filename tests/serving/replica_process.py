"""A replica as it runs in earnest: its own process, reached over HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import httpx

RECSYS = Path(sys.executable).with_name("recsys")


@dataclass
class ReplicaProcess:
    """A started replica."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def replica_process(**settings: object) -> Iterator[ReplicaProcess]:
    """Run ``recsys serve`` with settings until the block ends, and wait until it answers."""
    port = free_port()
    environment = {f"RECSYS_{name.upper()}": str(value) for name, value in settings.items()}
    with NamedTemporaryFile() as log:
        process = subprocess.Popen(
            [RECSYS, "serve", "--port", str(port)],
            env=os.environ | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        replica = ReplicaProcess(process, f"http://127.0.0.1:{port}", Path(log.name))
        try:
            _wait(replica, log)
            yield replica
        finally:
            process.terminate()
            process.wait(30)


def _wait(replica: ReplicaProcess, log: object, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and replica.process.poll() is None:
        try:
            httpx.get(f"{replica.url}/health")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    log.seek(0)  # type: ignore[attr-defined]
    raise AssertionError(f"the replica did not come up:\n{log.read().decode()}")  # type: ignore[attr-defined]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
