"""Genres of the catalog as a page sees them: what is of which, what a viewer's mix is, how far a page is from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.metrics.beyond import FLOOR
from recsys.metrics.genres import genre_matrix, genre_names
from recsys.titles import Titles


@dataclass(frozen=True, slots=True)
class Genres:
    """The genres of every title, read off a catalog once.

    Attributes
    ----------
    names : str (n_genres,)
    shares : float32 (n_titles, n_genres)
        Each title's genres in equal shares: a row sums to 1, or to 0 where none is known.
    held : bool (n_genres, n_titles)
        Which titles are of each.
    usual : float32 (n_genres,)
        Share of the titles that are of each.
    of_title : list of tuple of int
        By title, its genres.
    """

    names: NDArray[np.str_]
    shares: NDArray[np.float32]
    held: NDArray[np.bool_]
    usual: NDArray[np.float32]
    of_title: list[tuple[int, ...]]

    @classmethod
    def of(cls, titles: Titles) -> Self:
        """Read the genres of a catalog."""
        matrix = genre_matrix(titles)
        counts = np.maximum(matrix.sum(axis=1, keepdims=True), 1)
        usual = matrix.mean(axis=0) if len(matrix) else np.zeros(matrix.shape[1], np.float32)
        held = np.ascontiguousarray(matrix.T > 0)
        names = np.array(genre_names(titles), str)
        return cls(names, matrix / counts, held, usual, _of_title(matrix))

    def mass(self, titles: InternalIds, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how much weight lies on each genre, float32 (n_genres,)."""
        return np.asarray(weights, np.float32) @ self.shares[titles]

    def having(self, name: str) -> NDArray[np.bool_]:
        """Return which titles of the catalog are of a genre, bool (n_titles,), not to be written to."""
        known = np.flatnonzero(self.names == name)
        return self.held[known[0]] if len(known) else np.zeros(self.held.shape[1], bool)

    def favourites(
        self, watched: InternalIds, weights: NDArray[np.float32]
    ) -> list[tuple[str, float]]:
        r"""Return genres, most characteristic first, each with its share of what was watched.

        A genre with share :math:`s` of the weights and share :math:`c` of the catalog is ordered by
        :math:`s \sqrt{s / c}`, so that a genre everybody watches does not always come first.

        Parameters
        ----------
        watched : int32 (n,)
        weights : float32 (n,)
        """
        if (total := float(weights.sum())) <= 0:
            return []
        share = self.held[:, watched] @ weights / total
        order = np.lexsort([self.names, -share * np.sqrt(share / np.maximum(self.usual, 1e-9))])
        return [(str(self.names[at]), float(share[at])) for at in order if share[at] > 0]


def _of_title(matrix: NDArray[np.float32]) -> list[tuple[int, ...]]:
    """Return the genres of each title; titles of the same share one tuple."""
    mixes, of_mix = np.unique(matrix > 0, axis=0, return_inverse=True)
    held = [tuple(np.flatnonzero(mix).tolist()) for mix in mixes]
    return [held[at] for at in of_mix.ravel().tolist()]


NOTHING: Final = 1e-9
"""So little there is at least of anything by which is divided."""


def mix(mass: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return masses (…, n_genres) as shares of their sum; zeros stay."""
    return mass / np.maximum(mass.sum(axis=-1, keepdims=True), NOTHING)


def miscalibration(wanted: NDArray[np.float32], shown: NDArray[np.float32]) -> NDArray[np.float32]:
    r"""Return how far mixes that are shown are from one that is wanted, at least 0 (Steck, RecSys 2018).

    .. math:: \sum_g p_g \log \frac{p_g}{(1 - \alpha) q_g + \alpha p_g}

    Parameters
    ----------
    wanted : float32 (n_genres,)
        :math:`p`; it sums to 1, or to 0 where nothing is known and any mix is as good.
    shown : float32 (…, n_genres)
        :math:`q`.

    Returns
    -------
    float32 (…,)
        At most :math:`-\log \alpha`, which is 4.6.

    Examples
    --------
    >>> halves, all_one = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    >>> miscalibration(halves, halves).item(), round(miscalibration(halves, all_one).item(), 2)
    (0.0, 1.96)
    """
    held = wanted > 0
    return divergence(wanted[held], shown[..., held])


def divergence(wanted: NDArray[np.float32], shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what ``miscalibration`` does, of those genres alone of which some is wanted."""
    return np.log(wanted / ((1 - FLOOR) * shown + FLOOR * wanted)) @ wanted
