"""From a declaration to an unfitted model."""

from __future__ import annotations

from collections.abc import Iterable

from recsys.algorithm import Algorithm
from recsys.algorithms import ALGORITHMS
from recsys.declaration import Declaration, Shelf
from recsys.errors import ConfigError
from recsys.ranking.features import PairFeatures
from recsys.ranking.hybrid import Hybrid


def build(
    declaration: Declaration, *, shelf: Shelf, ranking_features: type[PairFeatures] | None = None
) -> Algorithm:
    """Return the unfitted model that a declaration describes.

    Parameters
    ----------
    declaration : Declaration
    shelf : Shelf
        Where the parts of a hybrid are declared.
    ranking_features : optional
        What a hybrid's ranker sees besides the scores of its parts.

    Raises
    ------
    ConfigError
        If the algorithm, a part or a hyperparameter is unknown or out of range.
    """
    if declaration.algorithm == Hybrid.name:
        hybrid = Hybrid(ranking_features=ranking_features, **declaration.config)
        for name in hybrid.config.parts:
            hybrid.parts[name] = _single(shelf.read(name), ALGORITHMS)
        return hybrid
    return _single(declaration, [*ALGORITHMS, Hybrid.name])


def _single(declaration: Declaration, known: Iterable[str]) -> Algorithm:
    if declaration.algorithm not in ALGORITHMS:
        raise ConfigError(
            expected=f"one of {sorted(known)}",
            got=declaration.algorithm,
            where=f"{declaration.name}.algorithm",
        )
    return ALGORITHMS[declaration.algorithm](**declaration.config)
