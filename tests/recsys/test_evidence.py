"""Blocks get weight as they explain what was seen, and chance and noise are told apart."""

import numpy as np
from scipy import sparse

from recsys.evidence import Weights, weigh


def seen(noise: np.ndarray, *, own: float, seed: int = 0) -> Weights:
    """Return the weights found where the first of two blocks explains what is left."""
    random = np.random.default_rng(seed)
    one, other = (np.eye(20)[random.integers(20, size=400)] for _ in range(2))
    targets = one @ random.normal(size=(20, 30))
    targets += np.sqrt(own + noise)[:, None] * random.normal(size=targets.shape)
    blocks = [sparse.csr_matrix(block.astype(np.float32)) for block in (one, other)]
    return weigh(blocks, targets.astype(np.float32), noise)


def test_the_block_that_explains_gets_the_weight() -> None:
    found = seen(np.zeros(400), own=0.5)
    assert 0.5 < found.blocks[0] < 2  # the map was drawn with variance 1
    assert found.blocks[1] < 0.05
    assert 0.35 < found.own < 0.65


def test_noise_that_differs_is_told_from_chance() -> None:
    found = seen(np.repeat([0.1, 4.0], 200), own=0.1)
    assert found.own < 0.3
    assert 0.7 < found.noise < 1.3


def test_an_empty_block_is_no_hindrance() -> None:
    empty = sparse.csr_matrix((3, 2), dtype=np.float32)
    found = weigh([empty], np.array([[1.0], [0.0], [-1.0]], np.float32), np.ones(3))
    assert np.isfinite([*found.blocks, found.bias, found.own, found.noise]).all()
