"""Files that appear whole or not at all, locks between processes, and fingerprints of content."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recsys.durable import sync
from recsys.errors import BusyError, InputError

_HERE = -100  # AT_FDCWD: paths are relative to the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE: both names stay, what they name is swapped


@contextmanager
def atomic_file(target: Path, *, mode: int = 0o644) -> Iterator[Path]:
    """Yield a path beside ``target`` to write to; on success it becomes ``target`` by one rename.

    A failure or a kill leaves what was there before.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(mode)
        sync(beside)
        beside.replace(target)
        sync(target.parent)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def atomic_directory(target: Path, *, mode: int = 0o755) -> Iterator[Path]:
    """Yield an empty directory beside ``target``; on success it takes the place of ``target``.

    The old and the new directory change names in one system call where the kernel can (Linux).
    Elsewhere there is a moment with neither, and ``<target>.old`` holds the old one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield beside
        beside.chmod(mode)
        os.sync()  # once for all, where a call for each of thousands of files would take minutes
        _take_place(beside, target)
        sync(target.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold ``path`` against other processes; it is let go when the holder ends, however it ends.

    Raises
    ------
    BusyError
        If another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                expected="nobody else at work here",
                got="another process that is",
                where=path,
                hint="Wait for it to end and try again",
            ) from None
        yield


def read_json(path: Path, hint: str) -> Any:
    """Read JSON that this program wrote.

    Raises
    ------
    InputError
        If it is damaged; ``hint`` says what to do then.
    """
    try:
        return json.loads(path.read_text())
    except (ValueError, OSError) as error:
        raise InputError(expected="JSON", got=error, where=path, hint=hint) from None


def fingerprint(paths: Iterable[Path], *facts: object) -> str:
    """Return a hash of the content of files and folders, their names, and ``str()`` of facts.

    Parameters
    ----------
    paths : iterable of Path
        A folder counts with everything below it. The folder that holds it does not matter.
    *facts
        Whatever else the result depends on: a version, hyperparameters.

    Raises
    ------
    InputError
        If a path does not exist.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        if not path.exists():
            raise InputError(expected="a file or folder", got="nothing", where=path)
        for file in _files(path):
            with file.open("rb") as content:
                inner = hashlib.file_digest(content, hashlib.blake2b).hexdigest()
            digest.update(f"{file.relative_to(path.parent)}\0{inner}\0".encode())
        digest.update(b"\1")
    digest.update("\0".join(map(str, facts)).encode())
    return digest.hexdigest()


def remove_leftovers(target: Path) -> None:
    """Remove what killed writers of ``target`` left beside it. Call it with the lock held."""
    for path in target.parent.glob(f".{target.name}.*.part"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what killed writers left anywhere below a folder. Call it where nobody else may write there."""
    for path in sorted(folder.rglob(".*.part")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file())


def _take_place(beside: Path, target: Path) -> None:
    if not target.exists():
        beside.rename(target)
    elif not _exchange(beside, target):
        old = target.with_name(f"{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        beside.rename(target)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one system call, if this kernel and file system can."""
    call = getattr(ctypes.CDLL(None), "renameat2", None)
    if call is None:
        return False
    done: int = call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0
