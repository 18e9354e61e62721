"""Going on or discovering: how likely a viewer who comes goes on with each title that was begun."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from recsys.context import Context
from recsys.errors import InputError
from recsys.page.own import Begun, Habit
from recsys.schema import DEVICE_TYPES

RESUMING: Final = "resuming.json"
"""The file of a bundle that holds the model."""
COLUMNS: Final = (
    "log_days_since",
    "log_days_behind",
    "portion",
    "next_episode",
    "is_episode",
    "log_place",
    "log_begun",
    "habit",
    "log_sittings",
    "hour_sine",
    "hour_cosine",
    "weekend",
    *(f"on_{device}" for device in DEVICE_TYPES),
)
"""What is known of a viewer who comes and of one title that was begun."""
RIDGE: Final = 1.0
"""Weight of the squares of the weights, against one for each sitting."""
SURE: Final = 4.6
"""The utility beyond which nothing is surer: a hundred times as likely as to discover."""
HABIT_DAYS: Final = 90
"""For so long it tells of a habit how a sitting began."""
SITTINGS: Final = 100
"""Titles that were watched in sittings, the latest, from which a habit is read."""


class Watched(NamedTuple):
    """A title that was watched in a sitting."""

    sitting: Hashable
    title: str
    """A movie or an episode."""


def habit_of(watched: Iterable[Watched], series: Mapping[str, str]) -> Habit:
    """Return in how many sittings a viewer watched anything, and how many of them began by going on.

    Parameters
    ----------
    watched : iterable of Watched
        In the order of time, each title of a sitting once; the latest ``SITTINGS`` count.
    series : mapping
        Each episode's series.

    Examples
    --------
    >>> days = [Watched("mon", "a"), Watched("mon", "e1"), Watched("tue", "e2"), Watched("wed", "c")]
    >>> habit_of(days, {"e1": "s", "e2": "s"})
    Habit(sittings=3, resumed=1)
    """
    sittings: set[Hashable] = set()
    titles: set[str] = set()
    resumed = 0
    for sitting, title in deque(watched, SITTINGS):
        whole = series.get(title, title)
        if sitting not in sittings:
            resumed += whole in titles
            sittings.add(sitting)
        titles.add(whole)
    return Habit(len(sittings), resumed)


def days_behind(
    known: NDArray[np.datetime64], moments: NDArray[np.datetime64]
) -> NDArray[np.float64]:
    """Return how long before the last of all these moments each of ``moments`` was, in days, at least 0."""
    every = np.concatenate([known.astype("datetime64[us]"), moments]).astype(np.int64)
    return (every.max(initial=0) - moments.astype(np.int64)) / 86_400e6


def columns(
    begun: Sequence[Begun], behind: NDArray[np.float64], context: Context, habit: Habit
) -> NDArray[np.float64]:
    """Return what a choice depends on, float64 (n_begun, len(COLUMNS)); NaN where device or habit is not known.

    Parameters
    ----------
    begun : sequence of Begun
        All that the viewer may go on with.
    behind : float64 (n_begun,)
        Days for which other things were watched since.
    context : Context
    habit : Habit
        Of the sittings before.
    """
    now = np.datetime64(context.now.replace(tzinfo=None), "us")
    last = np.array([one.last_at for one in begun], "datetime64[us]")
    since = np.maximum((now - last).astype(np.int64) / 86_400e6, 0)
    portions = np.array([one.portion for one in begun])
    places = np.argsort(np.argsort(behind, kind="stable"), kind="stable")
    angle = 2 * np.pi * context.now.hour / 24
    on = [float(context.device == one) if context.device else np.nan for one in DEVICE_TYPES]
    odds = (habit.resumed + 1) / (habit.sittings - habit.resumed + 1)
    came = [
        np.log1p(len(begun)),
        np.log(odds) if habit.sittings else np.nan,
        np.log1p(habit.sittings) if habit.sittings else np.nan,
        np.sin(angle),
        np.cos(angle),
        float(context.now.weekday() >= 5),
        *on,
    ]
    parts = [one.episode for one in begun]
    own = [np.log1p(since), np.log1p(behind), portions, portions == 0, parts, np.log1p(places)]
    return np.column_stack([*own, np.tile(came, (len(begun), 1))])


@dataclass(frozen=True, slots=True)
class Sittings:
    """Sittings that began with something to go on with, and how they began.

    Attributes
    ----------
    columns : float64 (n_entries, len(COLUMNS))
        Of each title that was begun, sitting after sitting.
    sitting : int64 (n_entries,)
        From 0, ascending, without a gap.
    chosen : bool (n_entries,)
        What was gone on with: at most one title a sitting, none where something else was watched first.
    """

    columns: NDArray[np.float64]
    sitting: NDArray[np.int64]
    chosen: NDArray[np.bool_]

    @classmethod
    def of(cls, each: Iterable[tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> Self:
        """Build from the columns and the choice of each sitting."""
        several = list(each)
        sizes = [len(chosen) for _, chosen in several]
        found = [np.empty((0, len(COLUMNS))), *(one for one, _ in several)]
        chosen = [np.empty(0, bool), *(one for _, one in several)]
        sitting = np.repeat(np.arange(len(several)), sizes)
        return cls(np.concatenate(found), sitting, np.concatenate(chosen))

    def __len__(self) -> int:
        return int(self.sitting[-1]) + 1 if len(self.sitting) else 0

    @property
    def resumed(self) -> NDArray[np.bool_]:
        """Which sittings began by going on, bool (n_sittings,)."""
        return np.bincount(self.sitting, self.chosen, len(self)) > 0


@dataclass(frozen=True, slots=True)
class Resuming:
    r"""A conditional logit of what a sitting begins with: one of the titles that were begun, or something else.

    .. math:: P(i) = \frac{e^{u_i}}{1 + \sum_j e^{u_j}}, \quad u_i = b + w \cdot \frac{x_i - m}{s}

    so that :math:`e^{u_i}` are the odds of going on with title *i* against discovering.

    Attributes
    ----------
    weights, centre, spread : float64 (len(COLUMNS),)
        :math:`w, m, s`; what is not known counts as :math:`m`.
    bias : float
        :math:`b`.

    References
    ----------
    McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
    """

    weights: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    bias: float

    @classmethod
    def fit(cls, sittings: Sittings) -> Self:
        """Learn from sittings.

        Raises
        ------
        InputError
            Unless some began by going on and some did not.
        """
        resumed = sittings.resumed
        if not 0 < resumed.sum() < len(resumed):
            raise InputError(
                expected="sittings that began by going on, and others",
                got=f"{resumed.sum()} of {len(resumed)}",
                where="resuming",
            )
        known = np.nan_to_num(sittings.columns, nan=0.0)
        there = ~np.isnan(sittings.columns)
        count = np.maximum(there.sum(axis=0), 1)
        centre = known.sum(axis=0) / count
        off = np.where(there, sittings.columns - centre, 0.0)
        spread = np.sqrt((off**2).sum(axis=0) / count)
        spread[spread < 1e-9] = 1.0
        x = np.column_stack([off / spread, np.ones(len(off))])
        found = minimize(
            _loss, np.zeros(x.shape[1]), (x, sittings), method="L-BFGS-B", jac=True
        ).x.round(9)
        return cls(found[:-1], centre, spread, float(found[-1]))

    def odds(self, given: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the odds of going on with each title against discovering, float32 (n_begun,)."""
        off = np.nan_to_num((given - self.centre) / self.spread, nan=0.0)
        return np.exp(np.minimum(self.bias + off @ self.weights, SURE)).astype(np.float32)

    def chances(self, sittings: Sittings) -> NDArray[np.float64]:
        """Return how likely each sitting begins by going on with anything, float64 (n_sittings,)."""
        odds = np.bincount(sittings.sitting, self.odds(sittings.columns), len(sittings))
        return odds / (1 + odds)

    def write(self, path: Path) -> None:
        """Keep it as JSON."""
        named = {
            name: {"weight": weight, "centre": centre, "spread": spread}
            for name, weight, centre, spread in zip(
                COLUMNS,
                self.weights.tolist(),
                self.centre.tolist(),
                self.spread.tolist(),
                strict=True,
            )
        }
        path.write_text(json.dumps({"bias": self.bias, "columns": named}, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return what ``write`` wrote; ``None`` if there is none, or one of other columns than these."""
        if not path.is_file():
            return None
        said = json.loads(path.read_text())
        if list(said["columns"]) != list(COLUMNS):
            return None
        each = said["columns"].values()
        weights, centre, spread = (
            np.array([one[name] for one in each], float) for name in ("weight", "centre", "spread")
        )
        return cls(weights, centre, spread, float(said["bias"]))


def _loss(
    weights: NDArray[np.float64], x: NDArray[np.float64], sittings: Sittings
) -> tuple[float, NDArray[np.float64]]:
    """Return the negative log-likelihood with a ridge on all weights but the bias, and its gradient."""
    utility = x @ weights
    highest = np.zeros(len(sittings))
    np.maximum.at(highest, sittings.sitting, utility)
    powers = np.exp(utility - highest[sittings.sitting])
    whole = np.exp(-highest) + np.bincount(sittings.sitting, powers, len(sittings))
    ridge = np.append(RIDGE * weights[:-1], 0.0)
    loss = (np.log(whole) + highest).sum() - utility[sittings.chosen].sum()
    expected = powers / whole[sittings.sitting]
    return float(loss + ridge @ weights / 2), x.T @ (expected - sittings.chosen) + ridge
