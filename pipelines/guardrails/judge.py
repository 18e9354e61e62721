"""Holds a challenger against its guardrails, and each kind of viewers against what the champion gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from scipy.stats import norm

from pipelines.decision import METRIC, Figure, Guarded, Sliced
from pipelines.gate import Compared
from pipelines.guardrails.kinds import NAMES, REGION, kinds
from recsys.declaration import Guardrail
from recsys.errors import ConfigError
from recsys.evaluate import Evaluation
from recsys.ids import UNKNOWN
from recsys.metrics.hits import Values
from recsys.metrics.interval import Interval, mean_interval, paired
from recsys.split import Split
from recsys.titles import Titles

NEW_TITLES: Final = "new_titles@10"
"""Share of the places that titles take which came in the last ``NEW_DAYS`` before the split."""
NEW_DAYS: Final = 30
TOO_MATURE: Final = "too_mature@10"
"""Titles above the limit in what children would get, a count."""
LEAST_VIEWERS: Final = 30
"""Fewer viewers of a kind show nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What guardrails look at.

    Attributes
    ----------
    means : mapping of str to Interval
    values : mapping of str to float64 (n_viewers,)
        Of those that each viewer has.
    """

    means: Mapping[str, Interval]
    values: Mapping[str, Values]

    @classmethod
    def of(
        cls, evaluation: Evaluation, split: Split, titles: Titles, too_mature: int | None
    ) -> Self:
        """Add to an evaluation what it does not hold."""
        new = new_titles(evaluation, split, titles)
        means = {**evaluation.means, NEW_TITLES: mean_interval(new)}
        if too_mature is not None:
            means[TOO_MATURE] = Interval(*[float(too_mature)] * 3)
        return cls(means, {**evaluation.values, NEW_TITLES: new})


def new_titles(evaluation: Evaluation, split: Split, titles: Titles) -> Values:
    """Return the share of each viewer's ten places that new titles take; NaN where nothing is new."""
    debuts = titles.debuts()
    moment = split.moment.astype("datetime64[us]")
    new = (debuts <= moment) & (debuts > moment - np.timedelta64(NEW_DAYS, "D"))
    listed = evaluation.recommended[:, :10]
    if not new.any():
        return np.full(len(listed), np.nan)
    places = (listed != UNKNOWN).sum(axis=1)
    shown = (new[listed] & (listed != UNKNOWN)).sum(axis=1)
    return np.where(places > 0, shown / np.maximum(places, 1), np.nan)


def guarded(
    declared: Mapping[str, Guardrail],
    ours: Measured,
    both: tuple[Measured, Measured] | None,
) -> tuple[Guarded, ...]:
    """Hold a challenger against its guardrails.

    Parameters
    ----------
    declared : mapping of str to Guardrail
    ours : Measured
        The challenger's, on the latest days.
    both : (Measured, Measured), optional
        The challenger's and the champion's, on the same viewers.

    Raises
    ------
    ConfigError
        If one is of a metric that was not measured.
    """
    return tuple(_guarded(name, rail, ours, both) for name, rail in declared.items())


def sliced(
    declared: Mapping[str, float], compared: Compared | None, titles: Titles
) -> tuple[Sliced, ...]:
    """Hold both models against each other for viewers of each declared kind.

    A kind refuses where its whole paired interval is below 0 and more than the declared share of the
    champion's figure is lost: either alone is chance, or too little to matter. The intervals are so wide
    that all of them hold at once in 95 of 100 nights (Bonferroni), or many kinds would refuse good models by chance.

    Raises
    ------
    ConfigError
        If one is of no kind that there is.
    """
    if unknown := [name for name in declared if not _names(name)]:
        raise ConfigError(expected=f"one of {NAMES}", got=unknown[0], where="slices")
    if compared is None or compared.split is None:
        return ()
    ours, theirs = (one.values[METRIC] for one in (compared.challenger, compared.champion))
    chosen = [
        (name, rows, lose)
        for name, rows in kinds(compared.split, titles)
        if (lose := declared.get(name, declared.get(name.partition(":")[0]))) is not None
        and np.count_nonzero(rows & ~np.isnan(ours - theirs)) >= LEAST_VIEWERS
    ]
    reach = float(norm.ppf(1 - 0.025 / max(len(chosen), 1)))
    return tuple(
        _sliced(name, ours[rows], theirs[rows], lose, reach=reach) for name, rows, lose in chosen
    )


def _names(name: str) -> bool:
    return name in NAMES or name.startswith(f"{REGION}: ")


def _guarded(
    name: str, rail: Guardrail, ours: Measured, both: tuple[Measured, Measured] | None
) -> Guarded:
    if name not in ours.means:
        raise ConfigError(expected=f"one of {sorted(ours.means)}", got=name, where="guardrails")
    reached = ours.means[name]
    new = old = difference = None
    if both is not None and name in both[1].means:
        new, old = (one.means[name] for one in both)
        if all(name in one.values for one in both):
            difference = paired(*(one.values[name] for one in both))
    return Guarded(
        name=name,
        reached=Figure.of(reached),
        challenger=None if new is None else Figure.of(new),
        champion=None if old is None else Figure.of(old),
        difference=None if difference is None else Figure.of(difference),
        **rail.model_dump(),
        why=_out_of_bounds(name, rail, reached) or _lost(name, rail.lose, new, old, difference),
    )


def _out_of_bounds(name: str, rail: Guardrail, reached: Interval) -> str:
    """Say which bound is missed; what nothing could be said of misses none."""
    if rail.least is not None and reached.mean < rail.least:
        return f"guardrail {name} must be at least {rail.least:g}, and is {reached.mean:.4f}"
    if rail.most is not None and reached.mean > rail.most:
        return f"guardrail {name} must be at most {rail.most:g}, and is {reached.mean:g}"
    return ""


def _lost(
    name: str,
    lose: float | None,
    new: Interval | None,
    old: Interval | None,
    difference: Interval | None,
) -> str:
    """Say what is lost against the champion, where it is more than is tolerated and no chance."""
    if lose is None or new is None or old is None or np.isnan(old.mean):
        return ""
    if np.isnan(new.mean):
        return f"guardrail {name} has no value, where the champion's is {old.mean:.4f}"
    sure = difference is None or difference.high < 0
    if not (sure and new.mean < (1 - lose) * old.mean):
        return ""
    return (
        f"guardrail {name} loses {1 - new.mean / old.mean:.0%} of the champion's {old.mean:.4f}, "
        f"which is more than the tolerated {lose:.0%}"
    )


def _sliced(name: str, ours: Values, theirs: Values, lose: float, *, reach: float) -> Sliced:
    away = ours - theirs
    away, old = away[~np.isnan(away)], mean_interval(theirs)
    mean, error = float(away.mean()), float(away.std(ddof=1) / np.sqrt(len(away)))
    difference = Interval(mean, mean - reach * error, mean + reach * error)
    why = ""
    if difference.high < 0 and -difference.mean > lose * old.mean:
        why = (
            f"{METRIC} of {name} ({len(ours):,}) is worse by {-difference.mean:.4f}: "
            f"{-difference.mean / old.mean:.0%} of the champion's {old.mean:.4f}, where {lose:.0%} is "
            f"tolerated, and the whole interval [{difference.low:.4f}, {difference.high:.4f}] is below 0"
        )
    return Sliced(
        name=name,
        n_viewers=len(ours),
        challenger=Figure.of(mean_interval(ours)),
        champion=Figure.of(old),
        difference=Figure.of(difference),
        lose=lose,
        why=why,
    )
