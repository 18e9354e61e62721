"""The raw side of the store: the next one beside it, and titles and viewers in one file each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import atomic_directory, atomic_file, lock, remove_leftovers
from pipelines.query import query
from pipelines.tables import INGEST_AGAIN, read_table


@contextmanager
def next_raw(store: Path, *, anew: bool = False) -> Iterator[Path]:
    """Yield a copy of ``<store>/raw`` to change; it becomes ``<store>/raw`` if all goes well.

    Files are linked, not copied, so they may be replaced and added but not written into.

    Parameters
    ----------
    store : Path
    anew : bool
        Begin with nothing instead of a copy.

    Raises
    ------
    BusyError
        If another process is changing it.
    """
    raw = store / "raw"
    with lock(store / "raw.lock"):
        remove_leftovers(raw)
        with atomic_directory(raw, mode=0o700) as beside:
            if raw.is_dir() and not anew:
                shutil.copytree(raw, beside, copy_function=os.link, dirs_exist_ok=True)
            yield beside


def merge(path: Path, key: str, table: pa.Table) -> pa.Table:
    """Add rows to a Parquet file sorted by ``key``; of rows with the same key the last stays.

    Returns
    -------
    pyarrow.Table
        What the file now holds.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    if path.is_file():
        table = pa.concat_tables([read_table(path, table.schema, hint=INGEST_AGAIN), table])
    numbered = pa.table({"id": table[key], "n": np.arange(len(table))})
    order = query("SELECT max(n) AS n FROM ids GROUP BY id ORDER BY id", ids=numbered)
    merged = table.take(order["n"]).combine_chunks()
    with atomic_file(path, mode=0o600) as beside:
        pq.write_table(merged, beside)
    return merged
