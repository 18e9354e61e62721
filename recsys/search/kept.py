"""Indexes on the disk, each under the digest of the catalog that it was made from."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from recsys.errors import BusyError, InputError
from recsys.search.index import FORMAT, PARTIAL, build

KEPT: Final = 2
"""Indexes that stay, the newest: whoever still answers from the one before has its files open."""
LOCK: Final = "lock"


def folder_of(catalog: Path, root: Path) -> Path:
    """Return where the index of a catalog is, once it is made.

    Raises
    ------
    OSError
        If the catalog cannot be read.
    """
    with catalog.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()
    return root / f"{digest}-{FORMAT}"


def newest(root: Path) -> Path | None:
    """Return the index that was made last, if there is one of this format."""
    made = sorted(root.glob(f"*-{FORMAT}"), key=lambda path: path.stat().st_mtime_ns)
    return made[-1] if made else None


def ensure(catalog: Path, root: Path) -> Path:
    """Make the index of a catalog unless it is there, and let older ones go.

    Parameters
    ----------
    catalog : Path
        A Parquet file of the TITLES schema.
    root : Path
        The folder of indexes.

    Returns
    -------
    Path
        The folder of the index.

    Raises
    ------
    InputError
        If the catalog is missing or not of titles.
    BusyError
        If another process is making one.
    """
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root / LOCK):
        try:
            folder = folder_of(catalog, root)
            if folder.is_dir():
                return folder
            _sweep(root)
            build(pq.read_table(catalog), folder)
        except (OSError, pa.ArrowException) as error:
            raise InputError(expected="a file of titles", got=error, where=catalog) from None
        _retire(root, folder)
    return folder


def discard(folder: Path) -> None:
    """Remove an index that cannot be opened, so that it is made anew."""
    aside = folder.with_name(f"{PARTIAL}broken-{folder.name}")
    with suppress(OSError):
        folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Remove what killed makers left."""
    for path in root.glob(f"{PARTIAL}*"):
        shutil.rmtree(path, ignore_errors=True)


def _retire(root: Path, new: Path) -> None:
    others = [path for path in root.iterdir() if path.is_dir() and path != new]
    others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                expected="nobody else making an index", got="another process", where=path
            ) from None
        yield
