"""A worker's side: it listens to its parent where others listen at a port, and takes over what it is handed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog
import uvloop

from serving.workers.words import CLOSED, LEAVING, READY, TAKEN

PATIENCE_SECONDS: Final = 1.0
"""For the parent to hear the rest of what is to be said."""

log = structlog.get_logger()


class Loop(uvloop.Loop):
    """The event loop of a worker: to serve at a socket is to take over what comes through it."""

    async def create_server(  # type: ignore[override]
        self, protocol_factory: Callable[[], asyncio.Protocol], *, sock: socket.socket, **_: Any
    ) -> Taking:
        """Begin to take connections over from the parent at the other end of ``sock``."""
        return Taking(self, protocol_factory, sock)


class Connection(socket.socket):
    """One that tells when it is done with, by whomever.

    Parameters
    ----------
    number : int
        The descriptor.
    done : callable
        Called once.
    """

    def __init__(self, number: int, done: Callable[[], None]) -> None:
        super().__init__(fileno=number)
        self._done: Callable[[], None] | None = done
        self.settimeout(0)

    def close(self) -> None:
        """Close it, and tell."""
        super().close()
        self._tell()

    def detach(self) -> int:
        """Let go of the descriptor, which the event loop does when it is about to close it, and tell."""
        self._tell()
        return super().detach()

    def _tell(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done()


class Taking:
    """Stands for a server of the event loop, as far as uvicorn asks for one.

    Parameters
    ----------
    loop : asyncio.AbstractEventLoop
    protocol : callable
        Makes what answers on a connection.
    parent : socket
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: Callable[[], asyncio.Protocol],
        parent: socket.socket,
    ) -> None:
        self._loop, self._protocol, self._parent = loop, protocol, parent
        self._unsaid, self._open = b"", True
        self._beginning: set[asyncio.Task[None]] = set()
        parent.settimeout(0)
        loop.add_reader(parent, self._take)
        self._say(READY)

    def close(self) -> None:
        """Take nothing any more; what was handed and not taken is another's."""
        if not self._open:
            return
        self._say(LEAVING)
        self._open = False
        self._loop.remove_reader(self._parent)
        self._loop.remove_writer(self._parent)
        with suppress(OSError):
            # What it does not hear is taken, it would hand to another as well.
            self._parent.settimeout(PATIENCE_SECONDS)
            self._parent.sendall(self._unsaid)
        self._parent.close()

    async def wait_closed(self) -> None:
        """Wait for nothing: what is closed is closed."""

    def _take(self) -> None:
        try:
            said, numbers, *_ = socket.recv_fds(self._parent, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            said, numbers = b"", []
        if not said:
            self._end()
        elif not numbers:
            log.warning("worker.no_files")  # the system had no number for it, and has closed it
            self._say(TAKEN + CLOSED)
        else:
            self._say(TAKEN)
            connection = Connection(numbers[0], lambda: self._say(CLOSED))
            begun = self._loop.create_task(self._begin(connection))
            self._beginning.add(begun)
            begun.add_done_callback(self._beginning.discard)

    async def _begin(self, connection: Connection) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # it has gone again
            connection.close()

    def _end(self) -> None:
        """End with the parent: nobody would hand anything over, nor ever stop this process."""
        self.close()
        os.kill(os.getpid(), signal.SIGTERM)

    def _say(self, word: bytes) -> None:
        if not self._open:
            return
        self._unsaid += word
        try:
            self._unsaid = self._unsaid[self._parent.send(self._unsaid) :]
        except BlockingIOError:
            pass
        except OSError:  # it is gone, which is heard of
            self._unsaid = b""
        if self._unsaid:
            self._loop.add_writer(self._parent, self._say, b"")
        else:
            self._loop.remove_writer(self._parent)
