"""Whom the laws of algorithms are held against. A new algorithm adds one line to SUBJECTS."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from recsys.algorithm import Algorithm
from recsys.algorithms import ALGORITHMS
from recsys.ranking.hybrid import Hybrid


@dataclass(frozen=True)
class Subject:
    """An algorithm with settings fit for worlds of a few dozen titles.

    ``personal`` is false for one that gives all viewers the same answer; ``load`` reads back what
    the model saved.
    """

    name: str
    make: Callable[[], Algorithm]
    load: Callable[[Path], Algorithm]
    personal: bool = True


def registered(name: str, *, personal: bool = True, **parameters: object) -> Subject:
    """Return the subject of a name in the registry."""
    kind = ALGORITHMS[name]
    return Subject(name, lambda: kind(**parameters), kind.load, personal)


def hybrid() -> Algorithm:
    """Return a hybrid of parts that are fit for small worlds."""
    models = {
        "item-knn": ALGORITHMS["item-knn"](weighting="cosine", shrinkage=1),
        "als": ALGORITHMS["als"](factors=8),
        "ease": ALGORITHMS["ease"](l2=0.3),
        "content": ALGORITHMS["content"](factors=16),
        "popularity": ALGORITHMS["popularity"](half_life_days=365),
    }
    return Hybrid(models=models, parts=tuple(models), quota=10)


SUBJECTS = [
    registered("popularity", half_life_days=30, region_shrinkage=20, personal=False),
    registered("item-knn", weighting="cosine", shrinkage=1),
    registered("item-knn", weighting="tfidf", shrinkage=1),
    registered("item-knn", weighting="bm25"),
    registered("als", factors=8),
    registered("bpr", factors=8, iterations=60),
    registered("ease", l2=0.3),
    registered("graph-filter", factors=2),
    registered("slim", neighbours=20, l2=0.3),
    registered("content", factors=16),
    registered("content-map", factors=8, own=1.0),
    registered("kind-popularity", half_life_days=365, personal=False),
    registered("next-title", l2=(2.0, 2.0), least_viewers=1),
    registered("random-features", factors=16, features=100, l2=1e-2, least_viewers=1),
    registered("markov", farthest=9, shrinkage=1.0),
    Subject("hybrid", hybrid, Hybrid.load),
]
if find_spec("torch") is not None:
    small = {"width": 16, "epochs": 20, "batch": 8, "learning_rate": 0.02, "dropout": 0.5}
    SUBJECTS.append(registered("sequence", least_viewers=1, **small))
