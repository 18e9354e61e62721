"""A transformer over histories, in lines that NumPy serves and torch learns through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from recsys.topk import FloatMatrix

Array = Any
"""An array of NumPy, or a tensor of torch."""

Weights = Mapping[str, Array]
"""By name, as ``start`` returns them."""

HIDDEN = -1e9
"""What a place that must not be looked at scores."""


def start(
    n_titles: int, *, width: int, blocks: int, heads: int, length: int, seed: int
) -> dict[str, FloatMatrix]:
    """Return untaught weights, float32: matrices by block, the titles' vectors, and what distance counts."""
    random = np.random.default_rng(seed)
    shapes = {
        "titles": (n_titles, width),
        "attention": (blocks, 4, width, width),
        "gates": (blocks, 2, width, width),
        "up": (blocks, width, 4 * width),
        "down": (blocks, 2 * width, width),
    }
    drawn = {
        name: random.normal(scale=shape[-2] ** -0.5 if len(shape) > 2 else 0.02, size=shape)
        for name, shape in shapes.items()
    }
    # What is near counts more from the beginning, for each head in another measure.
    slopes = np.linspace(0, 1, heads + 1)[1:, None]
    ready = {
        "norms": np.ones((blocks, 2, width)),
        "last": np.ones(width),
        "distance": np.tile(-slopes * np.log1p(np.arange(length)), (blocks, 1, 1)),
    }
    return {name: one.astype(np.float32) for name, one in (drawn | ready).items()}


def encode(
    xp: ModuleType,
    weights: Weights,
    titles: Array,
    hidden: Array,
    drop: Callable[[Array], Array] = lambda x: x,
) -> Array:
    r"""Map each place of each history to what follows it.

    A block of gated residuals, with :math:`N` an RMS norm and :math:`\sigma` the logistic function, is

    .. math::
        y &= x + \mathrm{attention}(N x) \odot \sigma(x G_1) \\
        z &= y + (\mathrm{silu}(N y\, U_1) \odot N y\, U_2) D \odot \sigma(y G_2)

    Attention knows the distance of two places and not where they are, so that every place learns for the last.

    Parameters
    ----------
    xp : module
        numpy or torch.
    weights : mapping
    titles : int (n, length)
        Rows of ``weights["titles"]``, the latest last.
    hidden : float (n, 1, length, length)
        0 where a place (third axis) may look at one (fourth), ``HIDDEN`` elsewhere.
    drop : callable
        Dropout, while learning.

    Returns
    -------
    float (n, length, width)

    References
    ----------
    Kang and McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018.
    Borisyuk et al., "From Features to Transformers: Redefining Ranking for Scalable Impact", 2025.
    """
    length = titles.shape[1]
    distance = np.maximum(np.arange(length)[:, None] - np.arange(length), 0)
    x = drop(weights["titles"][titles])
    for block in range(len(weights["attention"])):
        norms, gates = weights["norms"][block], weights["gates"][block]
        counts = weights["distance"][block][:, distance] + hidden
        looked = _attention(xp, weights["attention"][block], _norm(xp, x, norms[0]), counts)
        x = x + drop(looked) * _sigmoid(xp, x @ gates[0])
        up = _norm(xp, x, norms[1]) @ weights["up"][block]
        half = up.shape[-1] // 2
        gated = up[..., :half] * _sigmoid(xp, up[..., :half]) * up[..., half:]
        x = x + drop(gated @ weights["down"][block]) * _sigmoid(xp, x @ gates[1])
    return _norm(xp, x, weights["last"])


def hide(filled: Array) -> FloatMatrix:
    """Return what no place may look at: the later ones and the empty ones.

    Parameters
    ----------
    filled : bool (n, length)

    Returns
    -------
    float32 (n, 1, length, length)
    """
    length = filled.shape[1]
    seen = filled[:, None, None, :] & np.tri(length, dtype=bool)
    return np.where(seen, 0, HIDDEN).astype(np.float32)


def _attention(xp: ModuleType, weights: Array, x: Array, counts: Array) -> Array:
    count, length, width = x.shape
    heads = counts.shape[1]
    shape = (count, length, heads, width // heads)
    query, key, value = ((x @ weights[i]).reshape(shape).swapaxes(1, 2) for i in range(3))
    scores = query @ key.swapaxes(2, 3) * (width // heads) ** -0.5 + counts
    odds = xp.exp(scores - xp.amax(scores, -1)[..., None])
    looked = (odds / odds.sum(-1)[..., None]) @ value
    return looked.swapaxes(1, 2).reshape((count, length, width)) @ weights[3]


def _norm(xp: ModuleType, x: Array, scale: Array) -> Array:
    return x / xp.sqrt((x * x).sum(-1)[..., None] / x.shape[-1] + 1e-6) * scale


def _sigmoid(xp: ModuleType, x: Array) -> Array:
    return 0.5 * (1 + xp.tanh(0.5 * x))
