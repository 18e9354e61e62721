"""How good a list of recommendations is: one file a family, values of each viewer first.

Every metric is in [0, 1] and the more the better. A viewer for whom a metric says nothing
(nothing relevant, no history to be calibrated to) gets NaN and is not counted.
"""

from recsys.metrics.beyond import (
    calibration,
    coverage,
    intra_list_diversity,
    novelty,
    one_minus_gini,
)
from recsys.metrics.interval import Interval, mean_interval, paired
from recsys.metrics.ranking import (
    METRICS,
    average_precision,
    hit_rate,
    ndcg,
    precision,
    recall,
    recall_capped,
    reciprocal_rank,
)

__all__ = [
    "METRICS",
    "Interval",
    "average_precision",
    "calibration",
    "coverage",
    "hit_rate",
    "intra_list_diversity",
    "mean_interval",
    "ndcg",
    "novelty",
    "one_minus_gini",
    "paired",
    "precision",
    "recall",
    "recall_capped",
    "reciprocal_rank",
]
