"""How good a page was, by what its viewer watched afterwards and by what its viewer had watched before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.page.examination import Examination
from recsys.page.genres import Genres, miscalibration, mix
from recsys.page.ranked import Row


def page_ndcg(
    rows: Sequence[InternalIds], relevant: InternalIds, looks: Examination, shape: tuple[int, int]
) -> float:
    r"""Return the normalised discounted cumulative gain of a page, in [0, 1].

    .. math:: \frac{\sum_{r, c} \rho^r \kappa^c [t_{rc} \in R]}{\sum_{i=1}^{|R|} d_i}

    where the places' discounts are how likely they are looked at and :math:`d_i` is the ``i``-th largest of a
    page of that shape. A title counts where it stands first.

    Parameters
    ----------
    rows : sequence of int32 (n,)
        Internal ids.
    relevant : int32 (n_relevant,)
        At least one.
    looks : Examination
    shape : (int, int)
        Most rows, and most titles in a row.

    Examples
    --------
    One of two relevant titles, at the second place of the first row: 0.5 / (1 + 0.5).

    >>> looks = Examination(row=0.5, column=0.5)
    >>> round(page_ndcg([np.array([7, 3])], np.array([3, 9]), looks, (2, 2)), 3)
    0.333
    """
    discounts = np.outer(looks.rows(shape[0]), looks.columns(shape[1]))
    ideal = np.sort(discounts.ravel())[::-1][: len(relevant)].sum()
    left, gain = set(relevant.tolist()), 0.0
    for at, row in enumerate(rows):
        for place, title in enumerate(row.tolist()):
            if title in left:
                left.remove(title)
                gain += float(discounts[at, place])
    return gain / float(ideal)


def page_miscalibration(
    rows: Sequence[InternalIds],
    watched: InternalIds,
    weights: NDArray[np.float32],
    genres: Genres,
    looks: Examination,
) -> float:
    """Return how far the genres of a page are from those of a history, each place counting as it is looked at.

    Parameters
    ----------
    rows : sequence of int32 (n,)
    watched : int32 (n_watched,)
        At least one title of a known genre.
    weights : float32 (n_watched,)
    genres : Genres
    looks : Examination
    """
    by_row = looks.rows(len(rows))
    mass = np.zeros(len(genres.names), np.float32)
    for look, row in zip(by_row, rows, strict=True):
        mass += genres.mass(row, look * looks.columns(len(row)))
    return float(miscalibration(mix(genres.mass(watched, weights)), mix(mass)))


def in_rows(ids: InternalIds, shape: tuple[int, int]) -> list[InternalIds]:
    """Lay a list out as a page that is filled line by line."""
    rows, width = shape
    return [ids[at : at + width] for at in range(0, min(len(ids), rows * width), width)]


def ids_of(rows: Sequence[Row]) -> list[InternalIds]:
    """Return the titles of a page's rows."""
    return [row.titles.ids for row in rows]
