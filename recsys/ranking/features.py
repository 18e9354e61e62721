"""What a hybrid expects of features: a snapshot taken at a moment, and columns read off it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles


class PairFeatures(Protocol):
    """Features of a viewer and a candidate; a hybrid is given the class and takes the snapshots."""

    names: ClassVar[tuple[str, ...]]
    """Of the columns, in order."""

    @classmethod
    def fit(cls, interactions: Interactions, titles: Titles, now: np.datetime64) -> Self:
        """Take a snapshot of what was known before ``now``."""

    def __call__(
        self,
        histories: Histories,
        viewers: NDArray[np.int64],
        candidates: NDArray[np.int32],
        context: Context,
    ) -> NDArray[np.float32]:
        """Return float32 (n_pairs, n_features); NaN where unknown."""

    def save(self, directory: Path) -> None:
        """Write the snapshot."""

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read what ``save`` wrote."""
