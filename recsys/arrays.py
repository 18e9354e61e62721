"""Arrays and sparse matrices on disk, the same bytes for the same content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def save(directory: Path, name: str, value: NDArray[np.generic] | sparse.csr_matrix) -> None:
    """Write ``value`` as ``name.npy``, or ``name.npz`` if it is sparse."""
    if isinstance(value, sparse.csr_matrix):
        sparse.save_npz(directory / f"{name}.npz", value, compressed=False)
    else:
        np.save(directory / f"{name}.npy", np.ascontiguousarray(value), allow_pickle=False)


def load(directory: Path, *, mapped: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of everything that ``save`` wrote into a directory.

    Dense arrays that are ``mapped`` are read from disk where they are looked at, and cannot be written to.
    """
    for path in sorted(directory.glob("*.npy")):
        yield path.stem, np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    for path in sorted(directory.glob("*.npz")):
        yield path.stem, sparse.load_npz(path)


def declared(kind: type) -> set[str]:
    """Return the names with a trailing underscore that a class and its bases annotate."""
    every = {name for base in kind.__mro__ for name in vars(base).get("__annotations__", {})}
    return {name for name in every if name.endswith("_") and not name.startswith("_")}
