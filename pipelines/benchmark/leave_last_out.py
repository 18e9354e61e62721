"""Each viewer's last title is to be found among all that the viewer had not watched before."""

from __future__ import annotations

from pathlib import Path

from pipelines.benchmark.data import Data, Part, counts, sha256_by_number
from pipelines.benchmark.sequences import read_ordered
from recsys.split import leave_last_out


def load(path: Path, *, part: Part = "test", metadata: Path | None = None) -> Data:
    """Read histories in order and hold out the last title of each viewer.

    Parameters
    ----------
    path, metadata
        See ``read_ordered``.
    part : "test" or "validation"
        For validation the one before the last is held out, and the last is seen by nobody.
    """
    whole, titles = read_ordered(path, metadata)
    split = leave_last_out(whole, part)
    return Data(
        name=path.resolve().name,
        split=split,
        titles=titles,
        test_sha256=sha256_by_number(split),
        facts={"part": part, **counts(split)},
    )
