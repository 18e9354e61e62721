"""Cutting interactions into what a model learns from, what it is asked with, and what it should find."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import UNKNOWN
from recsys.interactions import Histories, Interactions


@dataclass(frozen=True, slots=True)
class Split:
    """One judgement: row ``i`` of everything but ``train`` is the ``i``-th viewer who is asked.

    Attributes
    ----------
    train : Interactions
        What models may learn from.
    histories : Histories
        What is known of each viewer when the question is put; empty for one who is new.
    held_out : Histories
        The relevant titles: at least one a viewer, none of them in the viewer's history.
    viewers : str (n_viewers,)
        Pseudonyms.
    moment : datetime64[s]
        The time that the question stands for; for splits by order, the last time that was learned from.
    """

    train: Interactions
    histories: Histories
    held_out: Histories
    viewers: NDArray[np.object_]
    moment: np.datetime64


def cut_at(interactions: Interactions, share: float) -> np.datetime64:
    """Return the time from which on the last ``share`` of the interactions happened.

    Raises
    ------
    InputError
        If ``share`` is not between 0 and 1, both excluded, or there are no interactions.
    """
    if not 0 < share < 1:
        raise InputError(expected="a share between 0 and 1", got=share, where="split, cut")
    if not len(interactions):
        raise InputError(expected="at least one interaction", got="none", where="split, cut")
    moments = np.sort(interactions.histories.occurred_at)
    return moments[min(int(len(moments) * (1 - share)), len(moments) - 1)]


def global_time(
    interactions: Interactions,
    cut: np.datetime64 | datetime,
    *,
    known: Interactions | None = None,
) -> Split:
    """Learn from all before a moment, and ask everyone who watched something new from then on.

    Parameters
    ----------
    interactions : Interactions
        Of the whole time.
    cut : datetime64 or datetime
        UTC.
    known : Interactions, optional
        What was known at the cut, over the same catalog. An interaction holds the *last* time of a
        viewer with a title, so where titles are watched repeatedly this must be built from the events
        before the cut; by default it is the interactions whose last time is before the cut,
        which is the same where each title is watched once, as with ratings.

    Returns
    -------
    Split
        Relevant are the titles that a viewer first watched at or after the cut and did not turn down
        (a weight of 0). Viewers of whom nothing was known are asked too, with an empty history.

    Raises
    ------
    InputError
        If nothing is left on one side, the catalogs differ or ``known`` reaches past the cut.
    """
    moment = _seconds(cut)
    train = interactions.before(moment) if known is None else known
    _check_known(train, interactions, moment)
    after = interactions.histories.keep(interactions.histories.occurred_at >= moment)
    known_rows = train.viewer_ids.internal(interactions.viewer_ids.values)
    fresh = after.keep(~_watched(after, known_rows, train.histories) & (after.weights > 0))
    asked = np.flatnonzero(fresh.lengths)
    if not len(train) or not len(asked):
        raise InputError(
            expected="interactions on both sides of the cut",
            got=f"{len(train)} before, {len(asked)} viewers with something new after",
            where=f"split at {moment}",
        )
    return Split(
        train=train,
        histories=_histories(train.histories, known_rows[asked], fresh.regions[asked]),
        held_out=fresh.take(asked),
        viewers=interactions.viewer_ids.values[asked],
        moment=moment,
    )


def leave_last_out(
    interactions: Interactions, part: Literal["test", "validation"] = "test"
) -> Split:
    """Hold out the last title of each viewer, or for choosing hyperparameters the one before it.

    What comes after the held-out title is seen by nobody; what comes before it is both learned from and the
    history. Viewers with too few titles to keep one are learned from and not asked. Equal times are in
    the order of the interactions.
    """
    histories = interactions.histories
    back = 0 if part == "test" else 1
    asked = np.flatnonzero(histories.lengths >= back + 2)
    _check_asked(asked, f"at least {back + 2} titles", "leave_last_out")
    short = np.repeat(histories.lengths < back + 2, histories.lengths)
    train = histories.keep((histories.steps_ago > back) | short)
    return Split(
        train=interactions.with_histories(train),
        histories=train.take(asked),
        held_out=histories.keep(histories.steps_ago == back).take(asked),
        viewers=interactions.viewer_ids.values[asked],
        moment=train.occurred_at.max(),
    )


def random_part(interactions: Interactions, *, share: float = 0.1, seed: int = 0) -> Split:
    """Hold out a random part of each viewer's titles, at least one, and learn from the others.

    Parameters
    ----------
    interactions : Interactions
    share : float
        Of a viewer's titles, in [0, 1), rounded; 0 is one title each. Viewers with a single title are
        learned from and not asked.
    seed : int

    Raises
    ------
    InputError
        If ``share`` is out of range or no viewer has two titles.
    """
    if not 0 <= share < 1:
        raise InputError(
            expected="a number of at least 0 and below 1", got=share, where="random_part, share"
        )
    histories = interactions.histories
    asked = np.flatnonzero(histories.lengths >= 2)
    _check_asked(asked, "at least 2 titles", "random_part")
    most = histories.lengths - 1
    counts = np.minimum(np.maximum(np.rint(histories.lengths * share).astype(np.int64), 1), most)
    out = _drawn(histories, counts, np.random.default_rng(seed))
    train = histories.keep(~out)
    return Split(
        train=interactions.with_histories(train),
        histories=train.take(asked),
        held_out=histories.keep(out).take(asked),
        viewers=interactions.viewer_ids.values[asked],
        moment=histories.occurred_at.max(),
    )


def strong_generalisation(
    interactions: Interactions,
    *,
    share: float = 0.2,
    fold_in: float = 0.8,
    order: Literal["time", "random"] = "time",
    seed: int = 0,
) -> Split:
    """Ask viewers of whom nothing was learned, with a part of their histories folded in.

    Parameters
    ----------
    interactions : Interactions
    share : float
        Of the viewers, in (0, 1), drawn by ``seed``.
    fold_in : float
        The part of a history, in (0, 1), that is given; the rest is to be found.
    order : "time" or "random"
        Whether the earliest part is given, or a random one as in the literature.
    seed : int

    Raises
    ------
    InputError
        If a share is out of range or no viewer has two titles.
    """
    for name, value in (("share", share), ("fold_in", fold_in)):
        if not 0 < value < 1:
            raise InputError(
                expected="a number between 0 and 1",
                got=value,
                where=f"strong_generalisation, {name}",
            )
    histories = interactions.histories
    able = np.flatnonzero(histories.lengths >= 2)
    _check_asked(able, "at least 2 titles", "strong_generalisation")
    random = np.random.default_rng(seed)
    drawn = random.permutation(able)
    asked = np.sort(drawn[: max(int(len(able) * share), 1)])
    out = np.isin(np.arange(len(histories)), asked)
    chosen = histories.take(asked)
    given = np.clip((chosen.lengths * fold_in).astype(np.int64), 1, chosen.lengths - 1)
    if order == "time":
        first = chosen.steps_ago >= np.repeat(chosen.lengths - given, chosen.lengths)
    else:
        first = _drawn(chosen, given, random)
    return Split(
        train=interactions.with_histories(histories.keep(~out[histories.viewers])),
        histories=chosen.keep(first),
        held_out=chosen.keep(~first),
        viewers=interactions.viewer_ids.values[asked],
        moment=histories.occurred_at.max(),
    )


def _drawn(
    histories: Histories, counts: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.bool_]:
    """Mark so many entries of each viewer, drawn at random, bool (n_entries,)."""
    shuffled = np.lexsort((random.random(len(histories.titles)), histories.viewers))
    place = np.arange(len(shuffled)) - np.repeat(histories.offsets[:-1], histories.lengths)
    marked = np.zeros(len(shuffled), np.bool_)
    marked[shuffled] = place < np.repeat(counts, histories.lengths)
    return marked


def _seconds(cut: np.datetime64 | datetime) -> np.datetime64:
    if isinstance(cut, datetime):
        return np.datetime64(int(cut.timestamp()), "s")
    return cut.astype("datetime64[s]")


def _watched(
    after: Histories, known_rows: NDArray[np.int32], before: Histories
) -> NDArray[np.bool_]:
    """Mark the entries whose viewer had watched the title before."""
    rows = known_rows[after.viewers].astype(np.int64)
    pairs = rows * before.n_titles + after.titles
    return (rows != UNKNOWN) & np.isin(pairs, before.viewers * before.n_titles + before.titles)


def _histories(known: Histories, rows: NDArray[np.int32], regions: NDArray[np.str_]) -> Histories:
    """Return the known histories of some rows, empty where the viewer is new."""
    new = rows == UNKNOWN
    taken = known.take(np.where(new, 0, rows).astype(np.int64))
    taken = taken.keep(~np.repeat(new, taken.lengths))
    # Where a viewer is when asking is known from the request, also of one who has no history.
    return replace(taken, regions=np.where(taken.lengths > 0, taken.regions, regions))


def _check_known(known: Interactions, interactions: Interactions, moment: np.datetime64) -> None:
    if known.title_ids != interactions.title_ids:
        raise InputError(expected="one catalog", got="two that differ", where="global_time, known")
    if len(known) and (latest := known.histories.occurred_at.max()) >= moment:
        raise InputError(
            expected=f"nothing from {moment} on", got=latest, where="global_time, known"
        )


def _check_asked(asked: NDArray[np.int64], expected: str, where: str) -> None:
    if not len(asked):
        raise InputError(expected=f"a viewer with {expected}", got="none", where=where)
