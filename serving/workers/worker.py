"""A worker as its parent sees it: what it was handed, what it took, and what it still has."""

from __future__ import annotations

import socket
import time
from collections import deque
from typing import Final

from serving.workers.words import CLOSED, HANDED, LEAVING, READY, TAKEN

MOST_AHEAD: Final = 64
"""Connections that may lie between parent and worker; more wait at the port, for whoever comes first."""
STUCK_SECONDS: Final = 1.0
"""A worker that has not taken the first of them for so long is handed no more until it does."""


class Worker:
    """One end of the socket to a worker; nothing here waits for it.

    Parameters
    ----------
    end : socket
        The parent's.

    Attributes
    ----------
    connections : int
        Handed to it, and not closed yet.
    leaving : bool
        Whether it ends because it was told to.
    """

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(0)
        self._end = end
        self._ahead: deque[tuple[float, socket.socket]] = deque()
        self._ready = False
        self.connections, self.leaving = 0, False

    def fileno(self) -> int:
        """Return the socket's number, by which an event loop waits for it."""
        return self._end.fileno()

    def takes(self) -> bool:
        """Return whether it may be handed a connection."""
        if not self._ready or self.leaving or len(self._ahead) >= MOST_AHEAD:
            return False
        return not self._ahead or time.monotonic() - self._ahead[0][0] < STUCK_SECONDS

    def hand(self, connection: socket.socket) -> bool:
        """Hand a connection over, and return whether that went well.

        It is kept here, too, until the worker has it: if it dies before that, another may take it.
        """
        try:
            socket.send_fds(self._end, [HANDED], [connection.fileno()])
        except OSError:  # it is full or gone, which is heard of
            return False
        self._ahead.append((time.monotonic(), connection))
        self.connections += 1
        return True

    def hear(self) -> bool:
        """Take note of what it said, and return whether it is still there."""
        try:
            said = self._end.recv(4096)
        except BlockingIOError:
            return True
        except OSError:
            return False
        for _ in range(said.count(TAKEN)):
            self._ahead.popleft()[1].close()
        self.connections -= said.count(CLOSED)
        self._ready = self._ready or READY in said
        self.leaving = self.leaving or LEAVING in said
        return bool(said)

    def end(self) -> list[socket.socket]:
        """Hang up, and return what it was handed and did not take."""
        self._end.close()
        return [connection for _, connection in self._ahead]
