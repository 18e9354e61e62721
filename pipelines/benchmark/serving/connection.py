"""One connection kept open, HTTP/1.1 by hand: a client's library would cost more than the routes it measures."""

from __future__ import annotations

import re
import socket

from recsys.errors import InputError

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_BUFFER = bytearray(1 << 18)
"""All connections of this one thread read into it, and nobody reads what a body says."""


class Connection:
    """Asks one thing at a time.

    Attributes
    ----------
    status : int
        Of the last whole answer.
    size : int
        Bytes of its body.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._open()

    def fileno(self) -> int:
        """Return the socket's number, by which ``select`` waits for it."""
        return self._socket.fileno()

    def ask(self, request: bytes) -> None:
        """Send a request; an answer to the one before must have been taken.

        Servers end connections that were idle for some seconds, and clients open them again without a word.
        """
        if self._ended():
            self.again()
        self._head, self._left = b"", -1
        self._socket.sendall(request)

    def take(self) -> bool:
        """Read what came, and return whether the answer is whole; False also if there is nothing yet.

        Raises
        ------
        OSError
            If the server hung up.
        InputError
            If its answer does not say how long it is.
        """
        while self._left:
            try:
                count = self._socket.recv_into(_BUFFER)
            except BlockingIOError:
                return False
            if not count:
                raise ConnectionResetError(f"{self._address} hung up")
            self._left = self._left - count if self._left > 0 else self._begin(count)
        return True

    def again(self) -> None:
        """Open the connection anew."""
        self._socket.close()
        self._open()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _ended(self) -> bool:
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(0)
        self._head, self._left = b"", -1
        self.status = self.size = 0

    def _begin(self, count: int) -> int:
        """Return how many bytes are still to come, -1 while that is not known."""
        self._head += _BUFFER[:count]
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return -1
        self.status = int(self._head[9:12])
        said = _LENGTH.search(self._head, 0, end + 2)
        if said is None and self.status not in {204, 304}:
            raise InputError(expected="a Content-Length", got="none", where=self._address)
        self.size = int(said[1]) if said else 0
        return self.size - (len(self._head) - end - 4)
