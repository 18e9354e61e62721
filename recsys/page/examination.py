"""Where a viewer looks: how likely each place of a page is to be examined."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from sklearn.linear_model import PoissonRegressor

from recsys.errors import InputError


class Examination(BaseModel):
    r"""The probability that a place is looked at falls with its row and with its place in the row.

    .. math:: P(\text{examined} \mid r, c) = \rho^r \kappa^c

    The examination hypothesis (Craswell et al., WSDM 2008) on a grid: a title is chosen if its place is
    looked at and it appeals, the two independent of each other.

    Attributes
    ----------
    row : float
        :math:`\rho`, in (0, 1].
    column : float
        :math:`\kappa`, in (0, 1].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: float = Field(gt=0, le=1)
    column: float = Field(gt=0, le=1)

    def rows(self, n: int) -> NDArray[np.float32]:
        """Return the probability for the first place of ``n`` rows, float32 (n,)."""
        return self.row ** np.arange(n, dtype=np.float32)

    def columns(self, n: int) -> NDArray[np.float32]:
        """Return the probability for ``n`` places of the first row, float32 (n,)."""
        return self.column ** np.arange(n, dtype=np.float32)

    @classmethod
    def fitted(
        cls,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        shown: NDArray[np.int64],
        chosen: NDArray[np.int64],
        kinds: NDArray[np.int64] | None = None,
    ) -> Examination:
        r"""Fit to how often what stood at each place was chosen.

        The log of the rate is linear in row and column, from a level of its own for each kind of row; counts are
        Poisson, as few of many are chosen. What stands further left in a row also appeals more, so that the fall from
        place to place looks steeper than it is unless titles are drawn by chance; and so does that from row to row
        where each kind has always the same place.

        Parameters
        ----------
        rows, columns : int64 (n_places,)
            From 0.
        shown, chosen : int64 (n_places,)
            Impressions, and how many of them were followed by a choice.
        kinds : int64 (n_places,), optional
            Of rows, from 0; by default all are of one.

        Raises
        ------
        InputError
            If nothing was shown or nothing chosen.
        """
        kept = shown > 0
        if not kept.any() or not chosen[kept].any():
            raise InputError(
                expected="impressions, some of them chosen",
                got=f"{shown.sum()} shown, {chosen.sum()} chosen",
                where="examination",
            )
        levels = np.zeros(len(rows), int) if kinds is None else kinds
        seen = np.column_stack([rows, columns, np.eye(levels.max() + 1)[levels]])[kept]
        rate = chosen[kept] / shown[kept]
        model = PoissonRegressor(alpha=1e-9, fit_intercept=False, max_iter=10_000)
        model.fit(seen.astype(float), rate, sample_weight=shown[kept])
        row, column = np.clip(np.exp(model.coef_[:2]), 0.01, 1)
        return cls(row=float(row), column=float(column))
