"""What the rival by hand needs: every viewer's history as a matrix, and the titles' names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from scipy import sparse

from pipelines.benchmark.serving.world import viewer_ids
from pipelines.files import atomic_directory


def prepare_by_hand(folder: Path, raw: Path, viewers: int) -> None:
    """Write the rival's folder from the raw side of a store, and have it fit its model.

    Parameters
    ----------
    folder : Path
        Replaced as a whole.
    raw : Path
    viewers : int
    """
    with atomic_directory(folder) as beside:
        titles = pq.read_table(raw / "titles.parquet", columns=["title_id", "name", "series_id"])
        titles = titles.filter(titles["series_id"].is_null())
        names = zip(titles["title_id"].to_pylist(), titles["name"].to_pylist(), strict=True)
        (beside / "titles.json").write_text(json.dumps(list(names)))
        watched = watched_matrix(raw, viewer_ids(viewers), titles["title_id"].combine_chunks())
        sparse.save_npz(beside / "watched.npz", watched, compressed=False)
        command = [sys.executable, "-m", "serving.beside", "fit-by-hand", str(beside)]
        subprocess.run(command, check=True)  # noqa: S603  our own program


def watched_matrix(raw: Path, viewers: pa.Array, titles: pa.Array) -> sparse.csr_matrix:
    """Return who watched what in the raw side of a store, float32 (n_viewers, n_titles); others' watches are left out."""
    files = sorted(map(str, raw.glob("events/day=*/part-*.parquet")))
    events = ds.dataset(files, format="parquet", partitioning=None).to_table(
        ["viewer_id", "title_id"]
    )
    rows, columns = (
        pc.index_in(events[name].combine_chunks(), known).to_numpy(zero_copy_only=False)
        for name, known in (("viewer_id", viewers), ("title_id", titles))
    )
    known = ~(np.isnan(rows) | np.isnan(columns))
    cells = rows[known].astype(np.int64), columns[known].astype(np.int64)
    ones = np.ones(len(cells[0]), np.float32)
    matrix = sparse.csr_matrix((ones, cells), shape=(len(viewers), len(titles)))
    matrix.data[:] = 1
    return matrix
