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

PAGE_BREAK = "\f"
"""Between the models of one file."""


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
    rankers : int
        That differ in the columns their trees may use, and whose scores are added.
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
    rankers: int = Field(default=1, ge=1, le=20)
    temper: float = Field(default=0.5, ge=0)
    threads: int = Field(default=1, ge=1)

    def parameters(self, seed: int = 0) -> dict[str, object]:
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
            "seed": seed,
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
    """Fitted LambdaMARTs whose scores are added; use ``fit`` or ``load``.

    Attributes
    ----------
    trees : int
        How many each uses: the best number where fitting stopped early.

    References
    ----------
    Burges, "From RankNet to LambdaRank to LambdaMART", MSR-TR-2010-82.
    """

    def __init__(self, boosters: Sequence[lightgbm.Booster], trees: int) -> None:
        self._boosters = tuple(boosters)
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
        """Learn to put what was watched first.

        With validation lists one alone is fitted, and stops early: it tells how many trees serve.
        """
        training, rounds = _dataset(lists, names), trees or config.trees
        if validation is None:
            seeds = range(config.rankers)
            grown = [lightgbm.train(config.parameters(one), training, rounds) for one in seeds]
            return cls(grown, grown[0].num_trees())
        booster = lightgbm.train(
            config.parameters(),
            training,
            rounds,
            valid_sets=[_dataset(validation, names, training)],
            callbacks=[lightgbm.early_stopping(config.patience, verbose=False)],
        )
        return cls(
            [booster], min(booster.num_trees(), max(booster.best_iteration, config.least_trees))
        )

    def check(self, names: Sequence[str]) -> None:
        """Raise InputError unless it learned from these columns in this order."""
        for booster in self._boosters:
            if booster.feature_name() != list(names):
                raise InputError(
                    expected=f"the columns {list(names)}",
                    got=booster.feature_name(),
                    where="ranker",
                )

    def predict(self, columns: NDArray[np.float32], threads: int = 1) -> NDArray[np.float32]:
        """Score pairs, float32 (n_pairs,); only the order within a viewer means anything.

        A pair's score does not depend on the threads, of which 0 are as many as there are cores.
        """
        self._check_columns(columns)
        if not len(columns):
            return np.empty(0, np.float32)
        scores = sum(
            booster.predict(columns, num_iteration=self.trees, num_threads=threads)
            for booster in self._boosters
        )
        return np.asarray(scores, np.float32)

    def contributions(self, columns: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the SHAP values of each pair, whose sum is the score that ``predict`` gives it.

        Returns
        -------
        float64 (n_pairs, n_columns + 1)
            The last is what is expected before anything is seen.

        References
        ----------
        Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018.
        """
        self._check_columns(columns)
        shares = np.zeros((len(columns), columns.shape[1] + 1))
        for booster in self._boosters if len(columns) else ():
            shares += booster.predict(
                columns, num_iteration=self.trees, num_threads=1, pred_contrib=True
            )
        return shares

    def _check_columns(self, columns: NDArray[np.float32]) -> None:
        if columns.shape[1] != (known := self._boosters[0].num_feature()):
            raise InputError(expected=f"{known} columns", got=columns.shape[1], where="ranker")

    def save(self, path: Path) -> None:
        """Write LightGBM's text format, a page each; the same fit gives the same bytes."""
        pages = [one.model_to_string(num_iteration=self.trees) for one in self._boosters]
        path.write_text(PAGE_BREAK.join(pages))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote.

        Raises
        ------
        InputError
            If the file is missing or is no LightGBM model.
        """
        try:
            pages = path.read_text().split(PAGE_BREAK)
            boosters = [lightgbm.Booster(model_str=page) for page in pages]
        except (OSError, UnicodeDecodeError, lightgbm.basic.LightGBMError) as error:
            raise InputError(expected="a LightGBM model", got=error, where=path) from None
        return cls(boosters, boosters[0].num_trees())


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
