"""How two samples of one quantity differ: the population stability index, and Kolmogorov and Smirnov's distance."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from pipelines.decision import Record

BINS: Final = 10
FEW: Final = 12
"""Categories that are told apart, and whole numbers that are a bin each."""
SMOOTHING: Final = 0.5
"""Added to each bin's count, so that an empty one does not make the index infinite."""
MISSING: Final = "unknown"

Values = NDArray[np.floating]


class Shift(Record):
    """How one quantity has moved.

    Attributes
    ----------
    name : str
    bins : tuple of str
        Each bin in words; the last is ``unknown`` where some values are.
    then, now : tuple of float
        The share of each bin.
    psi : float
        At least 0.
    ks : float or None
        In [0, 1], of known values; None for a category, which has no order.
    usual_psi, usual_ks : float or None
        The same between the stretch before and ``then``; None where there was none.
    """

    name: str
    bins: tuple[str, ...]
    then: tuple[float, ...]
    now: tuple[float, ...]
    psi: float
    ks: float | None
    usual_psi: float | None = None
    usual_ks: float | None = None

    def beside(self, usual: Shift) -> Shift:
        """Return it with what such a shift usually is."""
        return self.model_copy(update={"usual_psi": usual.psi, "usual_ks": usual.ks})


def psi(then: NDArray[np.int64], now: NDArray[np.int64]) -> float:
    r"""Return the population stability index of two histograms over the same bins.

    .. math:: \sum_b (q_b - p_b) \ln \frac{q_b}{p_b}

    with :math:`p, q` the shares of the bins, ``SMOOTHING`` added to each count. Below 0.1 is customarily called stable, above
    0.25 another population. It is the symmetric divergence of Jeffreys (1946).

    Examples
    --------
    >>> psi(np.array([50, 50]), np.array([50, 50]))
    0.0
    >>> round(psi(np.array([500, 500]), np.array([900, 100])), 2)
    0.88
    """
    p, q = ((counts + SMOOTHING) / (counts + SMOOTHING).sum() for counts in (then, now))
    return float(((q - p) * np.log(q / p)).sum())


def numeric(name: str, then: Values, now: Values) -> Shift:
    """Compare numbers: binned at the quantiles of what was, few whole numbers by themselves; NaN is unknown."""
    known, fresh = then[~np.isnan(then)], now[~np.isnan(now)]
    values = np.unique(np.concatenate([known, fresh]))
    if len(values) <= FEW and not (values % 1).any():
        labels = tuple(f"{value:g}" for value in values)
        counts = [
            np.bincount(np.searchsorted(values, one), minlength=len(values))
            for one in (known, fresh)
        ]
    else:
        edges = np.unique(
            np.quantile(known if len(known) else fresh, np.linspace(0, 1, BINS + 1)[1:-1])
        )
        labels = _labels(edges)
        counts = [
            np.bincount(np.searchsorted(edges, one), minlength=len(edges) + 1)
            for one in (known, fresh)
        ]
    ks = float(ks_2samp(known, fresh).statistic) if len(known) and len(fresh) else None
    return _shift(name, labels, counts, (len(then) - len(known), len(now) - len(fresh)), ks)


def categorical(name: str, then: NDArray[np.object_], now: NDArray[np.object_]) -> Shift:
    """Compare categories, the most frequent each by itself and the others together; None is unknown."""
    known, fresh = ([one for one in side.tolist() if one is not None] for side in (then, now))
    names, totals = np.unique(np.array(known + fresh, dtype=str), return_counts=True)
    largest = names[np.argsort(-totals, kind="stable")][: FEW - 1].tolist()
    place = {value: number for number, value in enumerate(largest)}
    rows = [
        np.array([place.get(value, len(largest)) for value in side], np.int64)
        for side in (known, fresh)
    ]
    labels = (*largest, "others")
    counts = [np.bincount(one, minlength=len(labels)) for one in rows]
    if not counts[0][-1] + counts[1][-1]:
        labels, counts = labels[:-1], [one[:-1] for one in counts]
    return _shift(name, labels, counts, (len(then) - len(known), len(now) - len(fresh)), None)


def _shift(
    name: str,
    labels: tuple[str, ...],
    counts: list[NDArray[np.int64]],
    unknown: tuple[int, int],
    ks: float | None,
) -> Shift:
    if any(unknown):
        labels = (*labels, MISSING)
        counts = [np.append(one, more) for one, more in zip(counts, unknown, strict=True)]
    then, now = (tuple((one / max(one.sum(), 1)).round(6).tolist()) for one in counts)
    return Shift(
        name=name,
        bins=labels,
        then=then,
        now=now,
        psi=round(psi(*counts), 6),
        ks=None if ks is None else round(ks, 6),
    )


def _labels(edges: NDArray[np.floating]) -> tuple[str, ...]:
    said = [f"{edge:.3g}" for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(said)]
    return (f"up to {said[0]}", *between, f"above {said[-1]}")
