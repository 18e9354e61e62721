"""From a declaration to an unfitted model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from recsys.algorithm import Algorithm
from recsys.algorithms import ALGORITHMS
from recsys.declaration import Declaration
from recsys.errors import ConfigError

if TYPE_CHECKING:
    from recsys.ranking.features import PairFeatures

HYBRID = "hybrid"


def build(
    declaration: Declaration, *, shelf: Path, ranking_features: PairFeatures | None = None
) -> Algorithm:
    """Return the unfitted model that a declaration describes.

    Parameters
    ----------
    declaration : Declaration
    shelf : Path
        Where the parts of a hybrid are declared.
    ranking_features : optional
        What a hybrid's ranker sees besides the scores of its parts.

    Raises
    ------
    ConfigError
        If the algorithm, a part or a hyperparameter is unknown or out of range.
    """
    if declaration.algorithm == HYBRID:
        from recsys.ranking.hybrid import Hybrid  # noqa: PLC0415  (it builds its parts here)

        return Hybrid.of(declaration, shelf, ranking_features)
    if declaration.algorithm not in ALGORITHMS:
        raise ConfigError(
            expected=f"one of {sorted([*ALGORITHMS, HYBRID])}",
            got=declaration.algorithm,
            where=f"{declaration.name}.algorithm",
        )
    return ALGORITHMS[declaration.algorithm](**declaration.config)
