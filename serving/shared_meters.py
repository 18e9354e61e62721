"""Meters of several processes as one: each keeps its own in files of a folder, and whoever is asked adds them up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Prometheus' own name for where it is said; a process must find it said when it begins."""


@contextmanager
def sharing() -> Iterator[None]:
    """Let all processes that begin within the block count together."""
    with TemporaryDirectory(prefix="recsys-meters-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


def shared() -> bool:
    """Return whether this process counts together with others."""
    return _FOLDER in os.environ


def ended(pid: int) -> None:
    """Forget how a process was when it ended; what it has counted still counts."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def told(registry: CollectorRegistry) -> bytes:
    """Return the meters of a registry in Prometheus' text format, or of all processes where they are shared."""
    if shared():
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
