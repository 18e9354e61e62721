"""Parquet that this program wrote, read again: a damaged file is named, with what brings it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recsys.errors import InputError, RecsysError

INGEST_AGAIN = "Put it back from a copy, or remove it and ingest again what it held"
NIGHT_AGAIN = "Run `recsys nightly`, which makes it anew"


def read_table(
    path: Path, schema: pa.Schema | None = None, *, columns: list[str] | None = None, hint: str
) -> pa.Table:
    """Read a file.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema, optional
        By default the file's own.
    columns : list of str, optional
        All by default.
    hint : str
        What to do if it is damaged.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        return pq.read_table(path, schema=schema, columns=columns, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error, hint) from None


@contextmanager
def telling_damage(files: Iterable[Path | str], hint: str) -> Iterator[None]:
    """Name the damaged one among files that a block reads together, where the block fails over it.

    Raises
    ------
    InputError
        Where the block fails and one of the files cannot be read.
    """
    try:
        yield
    except RecsysError:
        raise
    except Exception:
        for file in files:
            read_table(Path(file), hint=hint)
        raise


def _damaged(path: Path, error: Exception, hint: str) -> InputError:
    said = str(error).splitlines()[0]
    return InputError(expected="a whole Parquet file", got=said, where=path, hint=hint)
