"""What one more title is worth to a page that is nearly made: the slope of its aim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from recsys.metrics.beyond import FLOOR
from recsys.page.aim import Aim
from recsys.page.genres import NOTHING

_SHARE: Final = 1 - FLOOR


class Margin:
    r"""The slope of the aim towards each genre, kept up while titles are put on the page.

    A title adds little to a page, so that what it is worth is read off the derivative: of a title that is
    looked at with probability :math:`\ell`, with appeal :math:`a` and genres in shares :math:`t`,

    .. math::

        \ell \left[ \frac{1 - \lambda}{s} a + \frac{\lambda (1 - \alpha)}{m} \sum_g w_g (t_g - q_g \textstyle\sum t)
        \right], \quad w_g = \frac{p_g}{(1 - \alpha) q_g + \alpha p_g}

    where :math:`m` is what stands on the page and :math:`q` its mix. As every term is looked at alike, the best
    title for a place does not depend on the place. Plain numbers, not arrays: a title has two or three genres.

    Parameters
    ----------
    aim : Aim
    genres_of : sequence of tuple of int
        By title.
    """

    def __init__(self, aim: Aim, genres_of: Sequence[tuple[int, ...]]) -> None:
        self._genres_of = genres_of
        self._wanted = dict(zip(aim.genres.tolist(), aim.wanted.tolist(), strict=True))
        self._mass = dict(zip(aim.genres.tolist(), aim.mass.tolist(), strict=False))
        self._total = float(aim.mass[-1]) if len(aim.mass) else 0.0
        self._per_appeal = (1 - aim.weight) / aim.scale
        self._weight = aim.weight * _SHARE
        self._slopes: dict[int, float] = {}
        self._level = 0.0
        self._tilt()

    def best(self, values: Sequence[float], titles: Sequence[int], options: Sequence[int]) -> int:
        """Return the option that is worth most; of equals the first.

        Parameters
        ----------
        values : sequence of float
            The appeal of every title of a row.
        titles : sequence of int
        options : sequence of int
            Places in both.
        """
        per_appeal, worth = self._per_appeal, self._worth
        return max(options, key=lambda at: per_appeal * values[at] + worth(titles[at]))

    def put(self, title: int, look: float) -> None:
        """Count a title as standing at a place that is looked at so likely."""
        held = self._genres_of[title]
        if not held or not self._wanted:
            return
        each = look / len(held)
        for genre in held:
            if genre in self._mass:
                self._mass[genre] += each
        self._total += look
        self._tilt()

    def _worth(self, title: int) -> float:
        held = self._genres_of[title]
        if not held:
            return 0.0
        slopes = self._slopes
        return sum([slopes.get(genre, 0.0) for genre in held]) / len(held) - self._level

    def _tilt(self) -> None:
        """Find the slopes anew."""
        if not self._wanted:
            return
        total = max(self._total, NOTHING)
        per_total, scale = _SHARE / total, self._weight / total
        mass = self._mass
        self._slopes = slopes = {
            genre: scale * wanted / (per_total * mass[genre] + FLOOR * wanted)
            for genre, wanted in self._wanted.items()
        }
        self._level = sum([slopes[genre] * mass[genre] for genre in slopes]) / total
