"""Whether what was relevant stands in the list, and how high.

All take ``(recommended, relevant, k)``: int32 (n_viewers, n) of distinct titles, best first and padded with -1;
one ``Histories`` of relevant titles, a row a viewer; and how many places count. Relevance is binary. They
return float64 (n_viewers,) in [0, 1], NaN for a viewer with nothing relevant.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.metrics.hits import Values, hits, relevant_counts

Metric = Callable[[InternalIds, Histories, int], Values]


def recall(recommended: InternalIds, relevant: Histories, k: int) -> Values:
    r"""Share of the relevant titles that stand in the list: :math:`hits / |relevant|`.

    Examples
    --------
    >>> recall(np.array([[7, 3, 5]]), Histories.of([[3, 9]], n_titles=10), k=3).tolist()
    [0.5]
    """
    return hits(recommended, relevant, k).sum(axis=1) / relevant_counts(relevant)


def recall_capped(recommended: InternalIds, relevant: Histories, k: int) -> Values:
    r"""Share of what a list of ``k`` could hold at most: :math:`hits / \min(k, |relevant|)`.

    The "recall" of Liang et al., "Variational Autoencoders for Collaborative Filtering", WWW 2018.

    Examples
    --------
    >>> recall_capped(np.array([[7, 3, 5]]), Histories.of([[1, 3, 9]], 10), k=2).tolist()
    [0.5]
    """
    found = hits(recommended, relevant, k).sum(axis=1)
    return found / np.minimum(relevant_counts(relevant), k)


def precision(recommended: InternalIds, relevant: Histories, k: int) -> Values:
    r"""Share of the places that hold a relevant title: :math:`hits / k`; an empty place is a miss.

    Examples
    --------
    >>> precision(np.array([[7, 3, 5, 9]]), Histories.of([[3, 9]], n_titles=10), k=4).tolist()
    [0.5]
    """
    return _counted(hits(recommended, relevant, k).sum(axis=1) / k, relevant)


def hit_rate(recommended: InternalIds, relevant: Histories, k: int) -> Values:
    """1 if at least one relevant title stands in the list, else 0.

    Examples
    --------
    >>> hit_rate(np.array([[7, 3, 5]]), Histories.of([[3, 9]], n_titles=10), k=1).tolist()
    [0.0]
    """
    return _counted(hits(recommended, relevant, k).max(axis=1), relevant)


def ndcg(recommended: InternalIds, relevant: Histories, k: int) -> Values:
    r"""Discounted gain over that of the best possible list of ``k``.

    .. math:: \sum_{i=1}^{k} \frac{rel_i}{\log_2(i + 1)} \Big/
              \sum_{i=1}^{\min(k, |relevant|)} \frac{1}{\log_2(i + 1)}

    The definition of scikit-learn's ``ndcg_score`` (Järvelin and Kekäläinen, 2002).

    Examples
    --------
    A hit in the second of three places, one relevant title: 1 / log2(3).

    >>> ndcg(np.array([[7, 3, 5]]), Histories.of([[3]], n_titles=10), k=3).round(4).tolist()
    [0.6309]
    """
    discounts = 1 / np.log2(np.arange(k) + 2)
    # Both are summed along rows in the same way, so that a perfect list is 1 to the last bit.
    gains = (hits(recommended, relevant, k) * discounts).sum(axis=1)
    best = np.arange(k) < relevant_counts(relevant)[:, None]
    return _counted(gains / np.maximum((best * discounts).sum(axis=1), 1), relevant)


def reciprocal_rank(recommended: InternalIds, relevant: Histories, k: int) -> Values:
    """One over the place of the first relevant title, 0 if there is none; its mean is MRR.

    Examples
    --------
    >>> reciprocal_rank(np.array([[7, 3, 9]]), Histories.of([[3, 9]], n_titles=10), k=3).tolist()
    [0.5]
    """
    places = hits(recommended, relevant, k) / np.arange(1, k + 1)
    return _counted(places.max(axis=1, initial=0), relevant)


def average_precision(recommended: InternalIds, relevant: Histories, k: int) -> Values:
    r"""Mean of the precision at each relevant title's place; its mean over viewers is MAP.

    .. math:: \frac{1}{\min(k, |relevant|)} \sum_{i=1}^{k} rel_i \cdot precision@i

    Examples
    --------
    Hits in places 1 and 3 of 3, two relevant titles: (1/1 + 2/3) / 2.

    >>> average_precision(np.array([[3, 7, 9]]), Histories.of([[3, 9]], 10), k=3).round(4).tolist()
    [0.8333]
    """
    found = hits(recommended, relevant, k)
    precisions = np.cumsum(found, axis=1) / np.arange(1, k + 1)
    return (found * precisions).sum(axis=1) / np.minimum(relevant_counts(relevant), k)


def _counted(values: NDArray[np.bool_ | np.float64], relevant: Histories) -> Values:
    return np.where(np.isnan(relevant_counts(relevant)), np.nan, values.astype(np.float64))


METRICS: dict[str, Metric] = {
    "ndcg": ndcg,
    "recall": recall,
    "recall_capped": recall_capped,
    "precision": precision,
    "hr": hit_rate,
    "mrr": reciprocal_rank,
    "map": average_precision,
}
"""By the name that reports and gates use, as in ``ndcg@10``."""
