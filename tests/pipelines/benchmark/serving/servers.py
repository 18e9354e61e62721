"""Small servers of known behaviour for the load generator."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def answering(work: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[int]:
    """Serve until the block ends, and give the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body in one write, as servers do

        def do_GET(self) -> None:
            work(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Clients hang up when they are done."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def say(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


class Stalling:
    """Answers at once, but for one stall in which nobody is answered."""

    def __init__(self, after: float, seconds: float) -> None:
        self.lock, self.start = threading.Lock(), time.monotonic()
        self.after, self.seconds, self.stalled = after, seconds, False

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        with self.lock:
            if not self.stalled and time.monotonic() - self.start > self.after:
                self.stalled = True
                time.sleep(self.seconds)
        say(handler, b"{}")
