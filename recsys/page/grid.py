"""Proposed rows side by side as arrays, so that each choice among them is a few operations on all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.page.diversity import varied
from recsys.page.material import Appeal, Material
from recsys.page.policy import Policy
from recsys.page.ranked import Row
from recsys.page.rules import Weights

POOL: Final = 3
"""A row proposes so many times the titles that it may hold: rows above it may have taken some."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Proposed rows, padded to one length.

    Attributes
    ----------
    rows : list of Row
        With their titles in the order in which they are shown.
    ids : int32 (n_rows, length)
        Internal ids; 0 where there is no title.
    there : bool (n_rows, length)
    value : float32 (n_rows, length)
        Probability of a choice, once looked at; 0 where there is no title.
    shares : float32 (n_rows, length, n_genres)
    """

    rows: list[Row]
    ids: InternalIds
    there: NDArray[np.bool_]
    value: NDArray[np.float32]
    shares: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        proposed: Sequence[Row],
        material: Material,
        policy: Policy,
        weights: Weights,
    ) -> Grid:
        """Put rows side by side, boosted and varied.

        Parameters
        ----------
        proposed : sequence of Row
            At least one.
        material : Material
        policy : Policy
        weights : Weights
        """
        n = policy.page.titles
        cut = [_weighed(row, weights.on(row), policy.page.appeal, POOL * n) for row in proposed]
        grid = cls._padded(cut, material, policy, weights)
        free = np.array([not row.in_order for row in cut], bool)
        value = np.where(grid.there, grid.value, -1)  # padding never comes before a title
        order = varied(value, grid.shares, free, policy.page.diversity, 2 * n)
        return grid.reordered(order)

    @classmethod
    def _padded(
        cls,
        rows: list[Row],
        material: Material,
        policy: Policy,
        weights: Weights,
    ) -> Self:
        length = max(len(row.titles) for row in rows)
        ids = np.zeros((len(rows), length), np.int32)
        there = np.zeros(ids.shape, bool)
        value = np.zeros(ids.shape, np.float32)
        for at, row in enumerate(rows):
            held = len(row.titles)
            ids[at, :held], there[at, :held] = row.titles.ids, True
            own = material.appeal[row.titles.ids] if row.appeal is None else row.appeal
            value[at, :held] = own * policy.kinds[row.kind].lift
            if (factors := weights.on(row)) is not None:
                value[at, :held] *= factors[row.titles.ids]
        return cls(rows, ids, there, value, material.facts.genres.shares[ids])

    def reordered(self, order: NDArray[np.int64]) -> Grid:
        """Return the grid with each row's titles in another order, int64 (n_rows, length)."""
        ids = np.take_along_axis(self.ids, order, axis=1)
        there = np.take_along_axis(self.there, order, axis=1)
        value = np.take_along_axis(self.value, order, axis=1)
        rows = [
            row.take(places[held])
            for row, places, held in zip(self.rows, order, there, strict=True)
        ]
        shares = np.take_along_axis(self.shares, order[..., None], axis=1)
        return Grid(rows, ids, there, value, shares)


def _weighed(row: Row, factors: NDArray[np.float32] | None, appeal: Appeal, n: int) -> Row:
    """Return a row's first titles, in its own order but for what counts more or less."""
    order = np.arange(len(row.titles))
    if factors is not None:
        order = np.argsort(-appeal.at(order) * factors[row.titles.ids], kind="stable")
    return row.take(order[:n])
