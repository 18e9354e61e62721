"""News of viewers' events and of the catalog from all replicas: PostgreSQL channels, heard in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

import psycopg
import structlog

from serving.database import Connection

log = structlog.get_logger()

CHANNEL: Final = "viewer_did"
"""Says which viewer did something."""
CATALOG: Final = "catalog_changed"
"""Says that staff changed the catalog."""
PATIENCE: Final = 0.5
"""Seconds between two looks at whether to stop, and before the next try where the database is gone."""


MOST: Final = 1000
"""Of more viewers is said that anybody may have done something."""
ANYBODY: Final = ""
_TELL: Final = "SELECT pg_notify(%(channel)s, viewer) FROM unnest(%(viewers)s::text[]) AS viewer"


def tell(connection: Connection, viewer_ids: Iterable[str]) -> None:
    """Tell all replicas which viewers did something, or became others, once the transaction is through."""
    if viewers := sorted(set(viewer_ids)):
        viewers = viewers if len(viewers) <= MOST else [ANYBODY]
        connection.exec_driver_sql(_TELL, {"channel": CHANNEL, "viewers": viewers})


def tell_of(connection: Connection, channel: str) -> None:
    """Tell all replicas that there is news on a channel, once the transaction is through."""
    connection.exec_driver_sql("SELECT pg_notify(%(channel)s, '')", {"channel": channel})


class Hears(Protocol):
    """Told whether the channels are open: while it is not, anything may have happened."""

    def __call__(self, *, hears: bool) -> None:
        """Take note."""


class News:
    """Hears which viewers did something, and that the catalog changed, whoever took it in.

    Parameters
    ----------
    address : callable
        Gives the address of the database, or "" while there is none.
    heard : mapping of str to callable
        Told what came on each channel.
    hears : Hears
    """

    def __init__(
        self,
        address: Callable[[], str],
        heard: Mapping[str, Callable[[str], None]],
        hears: Hears,
    ) -> None:
        self._address, self._heard, self._hears = address, heard, hears
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="news", daemon=True)

    def open(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._stopping.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._hear()
            except (psycopg.Error, OSError) as error:
                log.info("news.lost", error=str(error))
            finally:
                self._hears(hears=False)
            self._stopping.wait(PATIENCE)

    def _hear(self) -> None:
        if not (address := self._address()):
            return
        with psycopg.connect(address, autocommit=True, connect_timeout=2) as connection:
            for channel in self._heard:
                connection.execute(f"LISTEN {channel}")
            self._hears(hears=True)
            while not self._stopping.is_set():
                for one in connection.notifies(timeout=PATIENCE):
                    self._take_note(one.channel, one.payload)
                # A connection that broke without a word is found out by using it.
                connection.execute("SELECT 1")

    def _take_note(self, channel: str, said: str) -> None:
        if channel == CHANNEL and said == ANYBODY:
            self._hears(hears=True)  # from now on; whatever was kept before is forgotten
        else:
            self._heard[channel](said)
