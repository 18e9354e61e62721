"""The algorithms, and the registry through which a declaration finds them."""

from recsys.algorithm import Algorithm
from recsys.algorithms.ease import EASE
from recsys.algorithms.popularity import Popularity

ALGORITHMS: dict[str, type[Algorithm]] = {
    algorithm.name: algorithm for algorithm in (Popularity, EASE)
}
"""Every algorithm by the name that a declaration calls it."""
