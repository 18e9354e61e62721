"""`recsys serve` tells what it may not do before anything is started."""

import subprocess
from pathlib import Path

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
