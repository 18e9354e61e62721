"""What an attack on published records comes to: whom it finds, and what it learns of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.interactions import Histories
from recsys.metrics.interval import Interval, mean_interval
from recsys.privacy.attack.knowledge import Knowledge, known_of
from recsys.privacy.attack.scoreboard import Scoreboard, Weighing


@dataclass(frozen=True, slots=True)
class Harm:
    """The outcome over all targets.

    Attributes
    ----------
    knowledge : Knowledge
    weighing : str
    targets : int
    linkage : Interval
        Share of targets whose best record stands out and is theirs.
    claims : float
        Share of targets of whom the attacker believes to have found the record, rightly or not.
    disclosed_titles : Interval
        Titles of a target that the attacker did not know, in records rightly linked; mean a target.
    history_disclosed : Interval
        The same as a share of all of the target's titles that the attacker did not know.
    """

    knowledge: Knowledge
    weighing: Weighing
    targets: int
    linkage: Interval
    claims: float
    disclosed_titles: Interval
    history_disclosed: Interval


def attacked(
    truth: Histories,
    records: Histories,
    owners: NDArray[np.int64],
    knowledge: Knowledge,
    *,
    weighing: Weighing = "scoreboard",
    floored: int = 0,
    targets: int = 1000,
    seed: int = 0,
    told: Callable[[int], object] = int,
) -> Harm:
    """Attack records with knowledge of viewers drawn by chance.

    Parameters
    ----------
    truth : Histories
        Whole, one a viewer, with the days on which things were watched.
    records : Histories
        What was published of them, over the same catalog.
    owners : int64 (n_records,)
        Whose each record is, a row of the truth, by which the attack is judged.
    knowledge : Knowledge
    weighing : str
    floored : int
        Days by which a published date may lie before the true one.
    targets : int
        Viewers at most, of those with more titles than are known.
    seed : int
    told : callable
        Hears of each target.

    Raises
    ------
    InputError
        If no viewer has more titles than are known of each.
    """
    rng = np.random.default_rng(seed)
    right = knowledge.titles - knowledge.wrong
    able = np.flatnonzero(truth.lengths > right)
    if not len(able):
        raise InputError(
            expected=f"viewers with more than {right} titles", got="none", where="histories"
        )
    chosen = np.sort(rng.permutation(able)[:targets])
    popularity = np.bincount(truth.titles, minlength=truth.n_titles)
    board, outcomes = Scoreboard(records, weighing, floored), []
    for target in chosen.tolist():
        known = known_of(truth, target, knowledge, popularity, rng)
        outcomes.append(_outcome(board.linked(known), records, owners, target, known.titles))
        told(1)
    found, claimed, learned = np.array(outcomes, np.float64).T
    hidden = truth.lengths[chosen] - right
    return Harm(
        knowledge=knowledge,
        weighing=weighing,
        targets=len(chosen),
        linkage=mean_interval(found),
        claims=float(claimed.mean()),
        disclosed_titles=mean_interval(learned),
        history_disclosed=mean_interval(learned / hidden),
    )


def _outcome(
    linked: list[int],
    records: Histories,
    owners: NDArray[np.int64],
    target: int,
    known: NDArray[np.int32],
) -> tuple[bool, bool, int]:
    """Return whether the first record is the target's, whether there is one, and how many titles all right ones tell."""
    own = [record for record in linked if owners[record] == target]
    parts = [records.titles[records.offsets[one] : records.offsets[one + 1]] for one in own]
    told = np.setdiff1d(np.concatenate(parts), known) if parts else np.empty(0)
    return bool(linked) and linked[0] in own, bool(linked), len(told)
