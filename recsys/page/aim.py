"""What a page is aimed at: expected engagement, and the viewer's mix of genres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.page.genres import NOTHING, divergence, mix
from recsys.page.material import Material
from recsys.page.policy import Layout

SESSION: Final = 6
"""So many titles opened in a session say as much of the genres that are wanted as all that was watched before."""


@dataclass(slots=True)
class Aim:
    r"""The objective of one page, and how far it has come.

    .. math:: (1 - \lambda) \frac{1}{s} \sum_{r, c} \rho^r \kappa^c a_{rc} - \lambda \, KL(p \,\|\, q)

    where :math:`a_{rc}` is the appeal of what stands at a place, :math:`p` the mix of genres of the history and of
    what was opened in the session, and :math:`q` the page's, each place counting as it is looked at (Steck, RecSys
    2018), and :math:`s` makes a first row of the best titles count 1. The page begins with a row's worth of the history's own mix, lest its first title decide.

    Attributes
    ----------
    genres : int64 (n_wanted,)
        Those that the history has; of the others only counts how much there is of them together.
    wanted : float32 (n_wanted,)
        :math:`p`; empty if nothing is known.
    mass : float32 (n_wanted + 1,)
        What stands on the page so far, of each of them and of all genres.
    weight : float
        :math:`\lambda`.
    scale : float
        :math:`s`.
    """

    genres: NDArray[np.int64]
    wanted: NDArray[np.float32]
    mass: NDArray[np.float32]
    weight: float
    scale: float

    @classmethod
    def of(cls, material: Material, layout: Layout, width: int) -> Aim:
        """Begin a page."""
        every = _wanted(material)
        (held,) = np.nonzero(every)
        wanted = every[held]
        row = float(layout.examination.columns(width).sum())
        weight = layout.calibration if len(held) else 0.0
        begun = row * np.append(wanted, wanted.sum()).astype(np.float32)
        return cls(held, wanted, begun, weight, row * layout.appeal.first)

    @property
    def on(self) -> bool:
        """Whether genres count."""
        return self.weight > 0

    def traits(self, shares: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what counts of titles' genres, float32 (…, n_wanted + 1), from their shares (…, n_genres)."""
        return np.concatenate([shares[..., self.genres], shares.sum(-1, keepdims=True)], axis=-1)

    def gains(
        self, engagement: NDArray[np.float32], masses: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return what each of several additions is worth, float32 (n,).

        Parameters
        ----------
        engagement : float32 (n,)
            Expected choices.
        masses : float32 (n, n_wanted + 1)
            What each adds to the page.
        """
        worth = (1 - self.weight) * engagement / self.scale
        if not self.on:
            return worth
        mass = self.mass + masses
        shown = mass[:, :-1] / np.maximum(mass[:, -1:], NOTHING)
        return worth - self.weight * divergence(self.wanted, shown)


def _wanted(material: Material) -> NDArray[np.float32]:
    """Return the mix of genres that the page should have, float32 (n_genres,): the history's, and the session's."""
    genres, history, opened = material.facts.genres, material.history, material.opened
    lasting = mix(genres.mass(history.titles, history.weights))
    if not len(opened):
        return lasting
    tonight = mix(genres.mass(opened, np.ones(len(opened), np.float32)))
    share = len(opened) / (len(opened) + SESSION) if lasting.any() else 1.0
    return mix((1 - share) * lasting + np.float32(share) * tonight)
