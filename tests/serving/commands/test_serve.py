"""`recsys serve` tells what it may not do before anything is started."""

import socket
import subprocess
from pathlib import Path

from serving.commands.serve import _bound
from tests.serving.replica_process import RECSYS


def test_viewers_are_not_offered_to_other_machines(tmp_path: Path) -> None:
    ran = subprocess.run(
        [RECSYS, "serve", "--demo", "--host", "0.0.0.0", "--port", "0", "--store", tmp_path],  # noqa: S104  it is refused
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 2
    assert "127.0.0.1" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_answers_leave_at_once_and_wait_for_no_acknowledgement() -> None:
    # The event loop sets TCP_NODELAY on what a socket accepts if the socket says that it is TCP's.
    with _bound("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
