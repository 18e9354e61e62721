"""The parent of several workers: starts them, starts those again that died, and ends them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from serving.workers.door import Door

LOOP: Final = "serving.workers.taking:Loop"
"""Of each worker."""
PATIENCE_SECONDS: Final = 30
"""For a sign of life: on a busy machine a process takes some seconds to begin, and more to open a replica."""


class Supervisor(Multiprocess):
    """uvicorn's, with a door between the port and the workers.

    Parameters
    ----------
    config : Config
        Of each worker but for its event loop, and for how long it is waited for.
    listening : socket
        Bound.
    ended : callable
        Told the number of each worker that ended.
    """

    def __init__(
        self, config: Config, listening: socket.socket, ended: Callable[[int], None]
    ) -> None:
        config.loop, config.timeout_worker_healthcheck = LOOP, PATIENCE_SECONDS
        self._door = Door(listening, config.backlog)
        self._given: list[socket.socket] = []
        self._ended, self._known = ended, set[int]()
        super().__init__(config, [])

    @property
    def sockets(self) -> list[socket.socket]:
        """What the next process is to serve: a socket of its own, new each time."""
        its = self._door.worker()
        self._given.append(its)
        return [its]

    @sockets.setter
    def sockets(self, _: list[socket.socket]) -> None: ...

    def serve(self) -> bool:
        """Serve until stopped, and return whether it ever began.

        Raises
        ------
        OSError
            If another has taken the port meanwhile.
        """
        self._door.open()
        self.run()
        if self._door.refused is not None:
            raise self._door.refused
        return self._door.opened

    def keep_subprocess_alive(self) -> None:
        """Start those again that died; end if nobody can come in."""
        # Every process has its own copies by now; with one here it would not be heard that a worker is gone.
        for process in self.processes:
            process.child_conn.close()
        while self._given:
            self._given.pop().close()
        super().keep_subprocess_alive()
        alive = {process.pid for process in self.processes if process.pid is not None}
        for gone in self._known - alive:
            self._ended(gone)
        self._known = alive
        if self._door.refused is not None:
            self.should_exit.set()

    def terminate_all(self) -> None:
        """Take nobody in any more, and let answers in the making be finished."""
        self._door.close()
        super().terminate_all()
