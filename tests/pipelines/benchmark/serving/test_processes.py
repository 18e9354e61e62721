"""What processes use is read off the kernel's own tables."""

import os
import subprocess
import sys
import time

import pytest

from pipelines.benchmark.serving.processes import cpu_seconds, resident_bytes, tree

BUSY = "import time; t = time.process_time()\nwhile time.process_time() - t < {}: pass"


def test_a_child_belongs_to_the_tree_and_its_time_counts() -> None:
    parent = (
        f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {BUSY.format(0.5)!r}]); "
        "print('done', flush=True); time.sleep(30)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        time.sleep(0.3)
        assert len(tree(process.pid)) == 2
        assert process.stdout is not None
        process.stdout.readline()
        # The child has ended, and what it used is its parent's now.
        assert tree(process.pid) == [process.pid]
        assert cpu_seconds(process.pid) == pytest.approx(0.6, abs=0.3)
        process.kill()


def test_memory_is_that_which_is_held() -> None:
    before = resident_bytes(os.getpid())
    held = bytearray(os.urandom(1_000_000)) * 100
    assert resident_bytes(os.getpid()) - before > 90_000_000
    del held
