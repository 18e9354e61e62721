"""What a list is besides right: how much of the catalog it shows, how new, varied and fitting it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories
from recsys.metrics.hits import Values

FLOOR = 0.01
"""Share of the history's mix that is added to the list's, so that the divergence is finite (Steck)."""


def coverage(exposures: NDArray[np.int64]) -> float:
    """Share of the catalog that at least one viewer is recommended.

    Parameters
    ----------
    exposures : int64 (n_titles,)
        In how many lists each title stands, see ``exposures``.

    Examples
    --------
    >>> coverage(np.array([3, 0, 1, 0]))
    0.5
    """
    return float(np.count_nonzero(exposures) / len(exposures))


def one_minus_gini(exposures: NDArray[np.int64]) -> float:
    r"""One minus the Gini index of exposure: 1 if all titles are shown equally often.

    .. math:: 1 - \frac{\sum_{i=1}^{n} (2i - n - 1) x_i}{n \sum_i x_i}, \quad x_1 \le \dots \le x_n

    Parameters
    ----------
    exposures : int64 (n_titles,)

    Examples
    --------
    All exposure on one of four titles: 1 - 3/4.

    >>> one_minus_gini(np.array([0, 8, 0, 0]))
    0.25
    """
    ordered = np.sort(exposures)
    n, total = len(ordered), max(int(ordered.sum()), 1)
    return float(1 - (2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))


def exposures(
    recommended: InternalIds, n_titles: int, times: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Count in how many lists each title stands, a viewer's list ``times`` over (default once).

    Examples
    --------
    >>> exposures(np.array([[0, 2], [2, -1]]), n_titles=4).tolist()
    [1, 0, 2, 0]
    """
    shown = recommended != UNKNOWN
    weights = None if times is None else np.broadcast_to(times[:, None], shown.shape)[shown]
    counts = np.bincount(recommended[shown], weights, minlength=n_titles)
    return counts.astype(np.int64)


def novelty(recommended: InternalIds, train: Histories) -> Values:
    r"""Mean surprise of the titles in a list, 1 for a title that nobody has watched.

    .. math:: \frac{-\log_2 p_t}{\log_2(V + 1)}, \quad p_t = \frac{viewers(t) + 1}{V + 1}

    with :math:`V` the viewers of the training part who watched anything (self-information: Zhou et al.,
    2010; here divided by its largest value).

    Returns
    -------
    float64 (n_viewers,)
        NaN for an empty list.

    Examples
    --------
    Of three viewers one watched title 0: p = 2/4, so 1/2; nobody watched title 1: 1.

    >>> train = Histories.of([[0], [2], [2]], n_titles=3)
    >>> novelty(np.array([[0, 1]]), train).tolist()
    [0.75]
    """
    n_viewers = np.count_nonzero(train.lengths)
    watched = np.bincount(train.known().titles, minlength=train.n_titles)
    surprise = -np.log2((watched + 1) / (n_viewers + 1)) / np.log2(np.maximum(n_viewers + 1, 2))
    return _mean_where(np.maximum(surprise, 0)[recommended], recommended != UNKNOWN)


def intra_list_diversity(recommended: InternalIds, features: NDArray[np.float32]) -> Values:
    """One minus the mean cosine of all pairs of titles in a list (Ziegler et al., 2005).

    Parameters
    ----------
    recommended : int32 (n_viewers, k)
    features : float32 (n_titles, n_features)
        At least 0, such as genres. A title without any is not counted.

    Returns
    -------
    float64 (n_viewers,)
        NaN for a list of fewer than two titles with features.

    Examples
    --------
    Two comedies and a western: one pair of three is alike.

    >>> genres = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    >>> intra_list_diversity(np.array([[0, 1, 2]]), genres).round(4).tolist()
    [0.6667]
    """
    norms = np.linalg.norm(features, axis=1)
    unit = features / np.maximum(norms, 1e-12)[:, None]
    counted = (recommended != UNKNOWN) & (norms > 0)[recommended]
    sums = _listed(recommended, counted, len(features)) @ unit
    n = counted.sum(axis=1).astype(np.float64)
    pairs = np.where(n > 1, n * (n - 1), np.nan)
    return np.clip(1 - (np.square(sums.astype(np.float64)).sum(axis=1) - n) / pairs, 0, 1)


def calibration(
    recommended: InternalIds, histories: Histories, features: NDArray[np.float32]
) -> Values:
    r"""How well the list's mix of genres fits the history's (Steck, 2018), 1 if they are equal.

    .. math:: 1 - \frac{KL(p \| \tilde q)}{-\log \alpha}, \quad \tilde q = (1 - \alpha) q + \alpha p

    with :math:`p` the weighted mix of the history, :math:`q` that of the list, :math:`\alpha = 0.01`; as
    :math:`\tilde q \ge \alpha p`, the divergence is at most :math:`-\log \alpha`.

    Parameters
    ----------
    recommended : int32 (n_viewers, k)
    histories : Histories
    features : float32 (n_titles, n_features)
        At least 0; each title's are scaled to sum to 1.

    Returns
    -------
    float64 (n_viewers,)
        NaN where the history or the list has no features.

    Examples
    --------
    >>> genres = np.eye(2, dtype=np.float32)
    >>> history = Histories.of([[0], [0]], n_titles=2)
    >>> calibration(np.array([[0], [1]]), history, genres).round(4).tolist()
    [1.0, 0.0]
    """
    mix = features / np.maximum(features.sum(axis=1, keepdims=True), 1e-12)
    wanted = _shares(histories.to_csr() @ mix)
    shown = _shares(_listed(recommended, recommended != UNKNOWN, len(features)) @ mix)
    smooth = (1 - FLOOR) * shown + FLOOR * wanted
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(wanted > 0, wanted * np.log(wanted / smooth), 0.0)
    value = 1 - terms.sum(axis=1) / -np.log(FLOOR)
    return np.where(np.isnan(wanted + shown).any(axis=1), np.nan, np.clip(value, 0, 1))


def _listed(
    recommended: InternalIds, counted: NDArray[np.bool_], n_titles: int
) -> sparse.csr_matrix:
    offsets = np.concatenate([[0], np.cumsum(counted.sum(axis=1))])
    ones = np.ones(int(offsets[-1]), np.float32)
    return sparse.csr_matrix((ones, recommended[counted], offsets), (len(recommended), n_titles))


def _shares(mass: NDArray[np.float32]) -> Values:
    totals = mass.astype(np.float64).sum(axis=1, keepdims=True)
    return mass / np.where(totals > 0, totals, np.nan)


def _mean_where(values: Values, counted: NDArray[np.bool_]) -> Values:
    n = counted.sum(axis=1)
    return np.where(counted, values, 0.0).sum(axis=1) / np.where(n > 0, n, np.nan)
