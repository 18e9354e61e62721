"""A receiver of alerts on this machine."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent, and answers in turn what it was told to."""

    def __init__(self, *answers: int, slow: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.slow = list(answers), slow
        self.bodies: list[Any] = []
        self.heads: list[dict[str, str]] = []

    @property
    def url(self) -> SecretStr:
        return SecretStr(f"http://127.0.0.1:{self.server_port}/hook/secret-word")


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        self.server.heads.append(dict(self.headers))
        time.sleep(self.server.slow)
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said: object) -> None: ...


@contextmanager
def receiver(*answers: int, slow: float = 0.0) -> Iterator[Receiver]:
    server = Receiver(*answers, slow=slow)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
