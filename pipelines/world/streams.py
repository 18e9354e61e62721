"""Random numbers by name: a part of the world draws from a stream of its own, so that parts do not disturb each other."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator that belongs to a name; the same name gives the same numbers.

    Examples
    --------
    >>> bool(stream(0, "people").random() == stream(0, "people").random())
    True
    """
    keys = [crc32(name.encode()) if isinstance(name, str) else name for name in names]
    return np.random.default_rng([seed, *keys])


def hexes(rng: np.random.Generator, n: int, digits: int) -> list[str]:
    """Return ``n`` random lower-case hexadecimal words of ``digits`` (even) digits each."""
    text = rng.bytes(n * digits // 2).hex()
    return [text[start : start + digits] for start in range(0, n * digits, digits)]


def unit(vectors: Vectors) -> Vectors:
    """Return the vectors scaled to length 1, shape unchanged."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-9)).astype(np.float32)
