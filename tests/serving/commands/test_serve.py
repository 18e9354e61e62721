"""`recsys serve` tells what it may not do before anything is started."""

import socket
import subprocess
import sys
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


def test_products_of_matrices_have_no_threads_of_their_own(tmp_path: Path) -> None:
    program = """if True:
        import numpy, sys
        from pathlib import Path
        from threadpoolctl import threadpool_info
        from recsys.settings import Settings
        from serving.commands.serve import _app
        _app(Settings(store=Path(sys.argv[1])), False, True)
        print({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})
    """
    # They wait for work by turning round and round, and are not told otherwise once numpy is loaded.
    ran = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "{1}\n"
