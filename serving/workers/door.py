"""The door of several workers: takes in who comes, and hands each to the worker that has the fewest."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from contextlib import suppress
from typing import Final

import structlog

from serving.workers.worker import Worker

AT_ONCE: Final = 64
"""Connections that are taken in before workers are listened to again."""
OUT_OF_FILES_SECONDS: Final = 0.5
"""For which nobody is taken in after the system had no number for a connection."""

log = structlog.get_logger()


class Door:
    """A thread that waits for connections and for what workers say, and for nothing else.

    Who comes while no worker takes anyone waits at the port, whose queue has an end.

    Parameters
    ----------
    listening : socket
        Bound; one connects to it from when the first worker is ready.
    backlog : int
        How many may wait there.

    Attributes
    ----------
    opened : bool
        Whether one could ever come in.
    refused : OSError or None
        Why nobody can.
    """

    def __init__(self, listening: socket.socket, backlog: int) -> None:
        listening.settimeout(0)
        self._listening, self._backlog = listening, backlog
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)
        self._workers: list[Worker] = []
        self._waiting: deque[socket.socket] = deque()
        self._taking_in = self._resting = False
        self.opened = False
        self.refused: OSError | None = None

    def open(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Take nobody in any more, and hang up on the workers, by which each of them ends too."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def worker(self) -> socket.socket:
        """Return the end of a new worker's socket."""
        ours, its = socket.socketpair()
        self._loop.call_soon_threadsafe(self._expect, Worker(ours))
        return its

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()
            self._listening.close()
            for worker in self._workers:
                self._waiting += worker.end()
            for connection in self._waiting:
                connection.close()

    def _expect(self, worker: Worker) -> None:
        self._workers.append(worker)
        self._loop.add_reader(worker, self._hear, worker)

    def _hear(self, worker: Worker) -> None:
        if not worker.hear():
            self._loop.remove_reader(worker)
            self._workers.remove(worker)
            untaken = worker.end()
            self._waiting.extendleft(reversed(untaken))
            if not worker.leaving:
                log.warning("worker.died", untaken=len(untaken), others=len(self._workers))
        self._tend()

    def _take_in(self) -> None:
        for _ in range(AT_ONCE):
            if self._waiting or self._next() is None:
                break
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                break
            except OSError as error:
                self._rest(error)
                break
            with suppress(OSError):  # it may have gone again
                # Or each answer waits 40 ms for a client's acknowledgement of its head.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._waiting.append(connection)
            self._hand_on()
        self._tend()

    def _next(self) -> Worker | None:
        taking = [worker for worker in self._workers if worker.takes()]
        return min(taking, key=lambda worker: worker.connections, default=None)

    def _hand_on(self) -> None:
        while self._waiting and (worker := self._next()) is not None:
            if not worker.hand(self._waiting[0]):
                break
            self._waiting.popleft()
            # Of those who have as many, the one that was handed one last comes last.
            self._workers.remove(worker)
            self._workers.append(worker)

    def _tend(self) -> None:
        """Hand on who waits here, and let others in if there is a worker for them."""
        self._hand_on()
        wanted = not self._waiting and not self._resting and self._next() is not None
        if wanted and not self.opened:
            wanted = self._begin()
        if wanted and not self._taking_in:
            self._loop.add_reader(self._listening, self._take_in)
        elif self._taking_in and not wanted:
            self._loop.remove_reader(self._listening)
        self._taking_in = wanted

    def _begin(self) -> bool:
        """Let anyone in at all, unless another program did at the same port since it was bound."""
        try:
            self._listening.listen(self._backlog)
        except OSError as error:
            self.refused = error
        self.opened = self.refused is None
        return self.opened

    def _rest(self, error: OSError) -> None:
        log.warning("door.rests", error=str(error))
        self._resting = True
        self._loop.call_later(OUT_OF_FILES_SECONDS, self._go_on)

    def _go_on(self) -> None:
        self._resting = False
        self._tend()
