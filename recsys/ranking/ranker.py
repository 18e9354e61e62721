"""The one door to LightGBM: LambdaMART over the candidates of a viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import lightgbm
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.algorithm import Config
from recsys.errors import InputError


class RankerConfig(Config):
    """Hyperparameters of the ranker.

    Attributes
    ----------
    trees : int
        At most; fewer where the validation viewers stop gaining.
    leaves : int
        Of a tree.
    learning_rate : float
    least_pairs : int
        Pairs in a leaf.
    columns : float
        Share of the columns that a tree may use.
    truncation : int
        Ranks that count while learning.
    patience : int
        Trees without a gain on the validation viewers before stopping.
    least_trees : int
        Few judges stop a fit by chance; fewer than these are never used.
    temper : float
        What the blend counts beside the ranker, both as z-scores of a viewer's candidates.
    threads : int
        Fixed, since the order of sums depends on it.
    """

    trees: int = Field(default=100, ge=1)
    leaves: int = Field(default=7, ge=2)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    least_pairs: int = Field(default=200, ge=1)
    columns: float = Field(default=0.6, gt=0, le=1)
    truncation: int = Field(default=20, ge=1)
    patience: int = Field(default=40, ge=1)
    least_trees: int = Field(default=30, ge=1)
    temper: float = Field(default=0.5, ge=0)
    threads: int = Field(default=1, ge=1)

    def parameters(self) -> dict[str, object]:
        """Return them by LightGBM's names."""
        return {
            "objective": "lambdarank",
            "metric": "ndcg",
            "eval_at": [10],
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.least_pairs,
            "feature_fraction": self.columns,
            "lambdarank_truncation_level": self.truncation,
            "num_threads": self.threads,
            "deterministic": True,
            "force_row_wise": True,
            "seed": 0,
            "verbose": -1,
        }


@dataclass(frozen=True, slots=True)
class Lists:
    """Candidates of many viewers with what became of them.

    Attributes
    ----------
    columns : float32 (n_pairs, n_columns)
    labels : int32 (n_pairs,)
        1 where the viewer watched the title.
    sizes : int64 (n_lists,)
        Pairs of each list, laid end to end.
    """

    columns: NDArray[np.float32]
    labels: NDArray[np.int32]
    sizes: NDArray[np.int64]


class Ranker:
    """A fitted LambdaMART; use ``fit`` or ``load``.

    Attributes
    ----------
    trees : int
        How many are used: the best number where fitting stopped early.

    References
    ----------
    Burges, "From RankNet to LambdaRank to LambdaMART", MSR-TR-2010-82.
    """

    def __init__(self, booster: lightgbm.Booster, trees: int) -> None:
        self._booster = booster
        self.trees = trees

    @classmethod
    def fit(
        cls,
        lists: Lists,
        names: Sequence[str],
        config: RankerConfig,
        *,
        validation: Lists | None = None,
        trees: int | None = None,
    ) -> Self:
        """Learn to put what was watched first; stop early if there are validation lists."""
        training = _dataset(lists, names)
        stopping = [lightgbm.early_stopping(config.patience, verbose=False)]
        booster = lightgbm.train(
            config.parameters(),
            training,
            num_boost_round=trees or config.trees,
            valid_sets=[] if validation is None else [_dataset(validation, names, training)],
            callbacks=[] if validation is None else stopping,
        )
        grown = booster.num_trees()
        best = grown if validation is None else booster.best_iteration
        return cls(booster, min(grown, max(best, config.least_trees)))

    def check(self, names: Sequence[str]) -> None:
        """Raise InputError unless it learned from these columns in this order."""
        if self._booster.feature_name() != list(names):
            raise InputError(
                expected=f"the columns {list(names)}",
                got=self._booster.feature_name(),
                where="ranker",
            )

    def predict(self, columns: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score pairs, float32 (n_pairs,); only the order within a viewer means anything."""
        if columns.shape[1] != self._booster.num_feature():
            raise InputError(
                expected=f"{self._booster.num_feature()} columns",
                got=columns.shape[1],
                where="ranker",
            )
        if not len(columns):
            return np.empty(0, np.float32)
        scores = self._booster.predict(columns, num_iteration=self.trees, num_threads=1)
        return np.asarray(scores, np.float32)

    def save(self, path: Path) -> None:
        """Write LightGBM's text format; the same fit gives the same bytes."""
        path.write_text(self._booster.model_to_string(num_iteration=self.trees))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote.

        Raises
        ------
        InputError
            If the file is missing or is no LightGBM model.
        """
        try:
            booster = lightgbm.Booster(model_str=path.read_text())
            return cls(booster, booster.num_trees())
        except (OSError, UnicodeDecodeError, lightgbm.basic.LightGBMError) as error:
            raise InputError(expected="a LightGBM model", got=error, where=path) from None


def _dataset(
    lists: Lists, names: Sequence[str], reference: lightgbm.Dataset | None = None
) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        lists.columns,
        lists.labels,
        group=lists.sizes,
        feature_name=list(names),
        reference=reference,
    )
