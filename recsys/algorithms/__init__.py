"""The algorithms, and the registry through which a declaration finds them."""

from recsys.algorithm import Algorithm
from recsys.algorithms.als import ALS
from recsys.algorithms.bpr import BPR
from recsys.algorithms.content import Content
from recsys.algorithms.content_map import ContentMap
from recsys.algorithms.ease import EASE
from recsys.algorithms.graph_filter import GraphFilter
from recsys.algorithms.item_knn import ItemKNN
from recsys.algorithms.kind_popularity import KindPopularity
from recsys.algorithms.markov import Markov
from recsys.algorithms.next_title import NextTitle
from recsys.algorithms.popularity import Popularity
from recsys.algorithms.random_features import RandomFeatures
from recsys.algorithms.sequence import Sequence
from recsys.algorithms.slim import SLIM

ALGORITHMS: dict[str, type[Algorithm]] = {
    algorithm.name: algorithm
    for algorithm in (
        Popularity,
        ItemKNN,
        ALS,
        BPR,
        EASE,
        SLIM,
        GraphFilter,
        Markov,
        NextTitle,
        RandomFeatures,
        Content,
        ContentMap,
        Sequence,
        KindPopularity,
    )
}
"""Every algorithm by the name that a declaration calls it."""
