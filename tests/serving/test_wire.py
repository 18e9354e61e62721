"""What comes over the wire and is no request gets a clear answer, and holds up nobody else."""

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from serving import limits
from serving.wire import MOST_HEAD, Wire
from tests.serving.target import Target

HEAD = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
EVENT = b"POST /api/analytics/event HTTP/1.1\r\nHost: localhost\r\n"


class Line:
    """A connection to write anything into."""

    def __init__(self, target: Target) -> None:
        address = urlsplit(target.url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=30)

    def ask(self, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send pieces, each for itself, and read one answer."""
        for piece in pieces:
            self.socket.sendall(piece)
            time.sleep(0.02)  # so that they come as pieces
        return self.answer()

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        with self.socket.makefile("rb") as lines:
            status = int(lines.readline().split()[1])
            headers = {}
            while line := lines.readline().strip().decode():
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            return status, headers, lines.read(int(headers["content-length"]))


@pytest.fixture
def dial(target: Target) -> Iterator[Callable[[], Line]]:
    with ExitStack() as lines:

        def dialled() -> Line:
            line = Line(target)
            lines.callback(line.socket.close)
            return line

        yield dialled


@pytest.fixture
def line(dial: Callable[[], Line]) -> Line:
    return dial()


def short(given: object) -> str:
    """The name of what a test was given."""
    return str(given)[:40]


def sent_with_token(target: Target) -> bytes:
    return f"Authorization: {target.callers['service']['Authorization']}\r\n".encode()


def refusal(line: Line, *pieces: bytes) -> int:
    status, headers, body = line.ask(*pieces)
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["status"] == status
    return status


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),  # TLS says hello
        b"SSH-2.0-OpenSSH_9.7\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"BREW /pot HTTP/1.1\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\n\r\n",
        HEAD + b"no colon\r\n\r\n",
        HEAD + b"A\x00: b\r\n\r\n",
        EVENT + b"Content-Length: -1\r\n\r\n",
        EVENT + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        EVENT + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        EVENT + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=short,
)
def test_what_is_no_http_is_a_bad_request(line: Line, garbage: bytes) -> None:
    assert refusal(line, garbage) == 400


def test_a_head_without_end_is_cut_off(line: Line) -> None:
    endless = [b"A: " + b"a" * 60_000, b"a" * 6_000]
    assert refusal(line, HEAD, *endless) == 431


def test_too_many_headers_at_once_are_refused(line: Line) -> None:
    assert refusal(line, HEAD + b"A: a\r\n" * 12_000 + b"\r\n") == 431


def test_an_address_without_end_is_refused(line: Line) -> None:
    assert refusal(line, b"GET /" + b"a" * 60_000, b"a" * 6_000) == 414


def test_a_head_of_a_bearable_size_is_read(line: Line) -> None:
    rest = MOST_HEAD - len(HEAD) - 1000
    assert line.ask(HEAD + b"A: " + b"a" * rest + b"\r\n\r\n")[0] == 200


def test_a_head_that_stops_coming_times_out(
    dial: Callable[[], Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Wire, "patience", 0.2)
    line = dial()
    assert refusal(line, HEAD) == 408
    assert not line.socket.recv(1)
    silent = dial()
    assert not silent.socket.recv(1), "who says nothing is told nothing"


def test_a_body_that_stops_coming_times_out_and_holds_up_nobody(
    dial: Callable[[], Line], target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PATIENCE", 0.5)
    slow = [dial() for _ in range(20)]
    for one in slow:
        one.socket.sendall(EVENT + sent_with_token(target) + b"Content-Length: 9\r\n\r\n[{")
    assert target.http.get("/health").status_code == 200
    for one in slow:
        status, headers, body = one.answer()
        assert (status, headers["connection"]) == (408, "close")
        assert json.loads(body)["errors"][0]["field"] == "body"


def test_a_body_in_many_pieces_is_whole(line: Line, target: Target) -> None:
    pieces = [b"1\r\n" + bytes([letter]) + b"\r\n" for letter in b"[]"]
    head = EVENT + sent_with_token(target) + b"Transfer-Encoding: chunked\r\n\r\n"
    status, _, body = line.ask(head, *pieces, b"0\r\n\r\n")
    assert status == 422
    assert b"a list of at least 1" in body


@pytest.mark.parametrize("declared", [b"999999999999", b"9" * 18])
def test_a_body_that_would_be_too_long_is_refused_before_it_comes(
    line: Line, target: Target, declared: bytes
) -> None:
    head = EVENT + sent_with_token(target) + b"Content-Length: " + declared + b"\r\n\r\n"
    assert refusal(line, head) == 413


def test_more_than_a_body_may_have_is_refused_though_nothing_was_declared(
    line: Line, target: Target
) -> None:
    head = (
        b"POST /api/analytics/video HTTP/1.1\r\nHost: localhost\r\n"
        + sent_with_token(target)
        + b"Transfer-Encoding: chunked\r\n\r\n"
    )
    assert refusal(line, head, b"fa000\r\n" + b" " * 0xFA000) == 413


@pytest.mark.parametrize("path", ["/api/analytics/event", "/api/analytics/video"])
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[", b"{}", b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b'{"a":1,}',
        b'{"eventId": "\xc3\x28"}', b"[" * 100_000, gzip.compress(b" " * 10_000_000, mtime=0), b"a=b&c=d",
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--", b"<xml/>",
    ],
    ids=short,
)  # fmt: skip
@pytest.mark.parametrize(
    "kind", ["application/json", "text/xml", "multipart/form-data; boundary=x", "\xff", ""]
)
def test_a_body_that_is_none_is_refused(target: Target, path: str, body: bytes, kind: str) -> None:
    headers = target.callers["service"] | {"Content-Encoding": "gzip"}
    answer = target.http.post(
        path, content=body, headers=headers | {"Content-Type": kind.encode("latin-1")}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "path", ["%ff", "%c3%28", "a%00b", "%ed%a0%80", "%", "%zz", "%25" * 300], ids=short
)
@pytest.mark.parametrize("before", ["/api/content/", "/api/search?q=", "/api/search?%ff=", "/"])
def test_an_address_that_is_no_text_is_answered_or_refused(
    line: Line, target: Target, before: str, path: str
) -> None:
    asked = f"GET {before}{path} HTTP/1.1\r\nHost: localhost\r\n".encode()
    status, _, _ = line.ask(asked + sent_with_token(target) + b"\r\n")
    assert status == 200 or 400 <= status < 500


@pytest.mark.parametrize(
    ("twice", "status"),
    [(b"Authorization: Bearer a\r\n", 401), (b"If-None-Match: a\r\n", 200), (b"Host: b\r\n", 200)],
)
def test_headers_that_come_twice_are_no_fault(
    line: Line, target: Target, twice: bytes, status: int
) -> None:
    asked = b"GET /api/content/categories HTTP/1.1\r\nHost: localhost\r\n"
    assert line.ask(asked + sent_with_token(target) + twice * 2 + b"\r\n")[0] == status


def test_requests_that_come_at_once_are_answered_one_after_another(line: Line) -> None:
    line.socket.sendall((HEAD + b"\r\n") * 3)
    text = b""
    while text.count(b"HTTP/1.1 200") < 3 and (more := line.socket.recv(65_536)):
        text += more
    assert text.count(b"HTTP/1.1 200") == 3
