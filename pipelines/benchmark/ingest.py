"""How many events a second an ingest takes in, into an empty store and in a process of its own."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.benchmark.trial import peak_rss_bytes
from pipelines.ingest import ingest
from pipelines.world import make
from recsys.machine import cores


@dataclass(frozen=True, slots=True)
class Speed:
    """What an ingest took.

    Attributes
    ----------
    events, titles : int
    seconds : float
        From the first row read to the switch of the store.
    events_per_second : float
    peak_rss_bytes : int
        Of the process, the libraries it loaded included.
    cores : int
        That the process may use.
    """

    events: int
    titles: int
    seconds: float
    events_per_second: float
    peak_rss_bytes: int
    cores: int


def ingest_speed(data: Path | None, viewers: int) -> Speed:
    """Ingest a data set, or a made world, into a store that is thrown away.

    Parameters
    ----------
    data : Path or None
        What ``recsys ingest`` reads; None makes a world of seed 0.
    viewers : int
        Of the made world; each has about 195 events.

    Raises
    ------
    RecsysError
        If the data cannot be ingested.
    """
    with TemporaryDirectory() as folder:
        if data is None:
            make(data := Path(folder) / "world", viewers=viewers)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(_here, data, Path(folder) / "store").result()


def _here(data: Path, store: Path) -> Speed:
    started = time.perf_counter()
    report = ingest(data, store)
    seconds = time.perf_counter() - started
    return Speed(
        events=report.events_read,
        titles=report.titles_read,
        seconds=seconds,
        events_per_second=report.events_read / seconds,
        peak_rss_bytes=peak_rss_bytes(),
        cores=cores(),
    )
