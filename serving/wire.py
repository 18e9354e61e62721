"""The edge where bytes become requests: what is none gets a problem, and no head is endless or takes for ever.

An answer leaves in one piece, if it is one: each piece costs a system call here, and wakes whoever waits for it.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final

from fastapi import Response
from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.problems import http

MOST_HEAD: Final = 65_535
"""Bytes of an address and its headers together; the parser takes no address that is longer."""
PATIENCE: Final = 30.0
"""Seconds for the head of a request."""


class Joined:
    """A transport that keeps the head of an answer back until its body comes, or until nothing else is to be done.

    Parameters
    ----------
    transport : asyncio.Transport
        Does all but that.
    loop : asyncio.AbstractEventLoop
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop, self._head = transport, loop, b""

    def write(self, data: bytes) -> None:
        """Write, or keep back."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/"):
            self._head = data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Close, after all that was written has left."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def __getattr__(self, name: str) -> Any:
        """Return what the transport itself has."""
        return getattr(self._transport, name)


class Wire(HttpToolsProtocol):
    """One connection, over uvicorn's own: its parser holds whatever comes until a head is whole."""

    patience = PATIENCE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.transport = Joined(transport, self.loop)  # type: ignore[assignment]
        self.url, self.headers = b"", []
        self._pending, self._refusal = 0, HTTPStatus.BAD_REQUEST
        self._timer: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._come()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and count what has come of a head."""
        self._pending += len(data)
        super().data_received(data)
        if not self._pending or self.transport.is_closing():
            return
        if self._pending > MOST_HEAD:
            self._refuse(_too_large(self.url))
        elif self._timer is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """Start a request, if its head is of a bearable size."""
        if self._pending > MOST_HEAD and self._size() > MOST_HEAD:
            self._refusal = _too_large(self.url)
            raise HttpParserError
        self._come()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body, which is counted by whoever reads it."""
        self._come()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Know that a request is whole."""
        self._come()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request."""
        del msg
        self._refuse(self._refusal)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.patience, self._waited)

    def _waited(self) -> None:
        self._timer = None
        if self._pending:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _come(self) -> None:
        self._pending = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse(self, status: HTTPStatus) -> None:
        self._come()
        self.transport.write(_written(http(status)))
        self.transport.close()


def _too_large(url: bytes) -> HTTPStatus:
    over = len(url) > MOST_HEAD
    return HTTPStatus.REQUEST_URI_TOO_LONG if over else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


def _written(answer: Response) -> bytes:
    status = HTTPStatus(answer.status_code)
    head = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
    head += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*head, b"connection: close", b"", bytes(answer.body)])
