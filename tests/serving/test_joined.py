"""An answer leaves in one piece if it is one, and nothing that was written stays behind."""

import asyncio

import httpx
import pytest

from serving.wire import Joined


class Recording:
    """A transport that keeps each piece as it would leave."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed_after: int | None = None

    def write(self, data: bytes) -> None:
        self.pieces.append(data)

    def close(self) -> None:
        self.closed_after = len(self.pieces)

    def is_closing(self) -> bool:
        return self.closed_after is not None


async def _after(*written: bytes) -> Recording:
    """What left once nothing else was to be done."""
    below = Recording()
    joined = Joined(below, asyncio.get_running_loop())  # type: ignore[arg-type]
    for one in written:
        joined.write(one)
    await asyncio.sleep(0)
    return below


HEAD, BODY = b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP is what this body speaks of"


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ((HEAD, BODY), [HEAD + BODY]),
        ((HEAD,), [HEAD]),
        ((HEAD, b""), [HEAD]),
        ((HEAD, b"a", b"b"), [HEAD + b"a", b"b"]),
        ((HEAD, BODY, HEAD, BODY), [HEAD + BODY, HEAD + BODY]),
        ((HEAD, HEAD), [HEAD + HEAD]),
    ],
)
def test_a_head_leaves_with_its_body_and_at_once_if_it_has_none(
    written: tuple[bytes, ...], left: list[bytes]
) -> None:
    assert asyncio.run(_after(*written)).pieces == left


def test_what_was_written_has_left_before_a_connection_is_closed() -> None:
    async def closed() -> Recording:
        below = Recording()
        joined = Joined(below, asyncio.get_running_loop())  # type: ignore[arg-type]
        joined.write(HEAD)
        joined.close()
        assert joined.is_closing()
        await asyncio.sleep(0)
        return below

    below = asyncio.run(closed())
    assert below.pieces == [HEAD]
    assert below.closed_after == 1


def test_a_head_without_a_body_comes(client: httpx.Client) -> None:
    answer = client.head("/docs")
    assert (answer.status_code, answer.content) in {(200, b""), (405, b"")}
    page = client.get("/api/content/trending")
    again = client.get("/api/content/trending", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
