"""Titles of which nothing was learned are to be found for those who watched them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.benchmark.data import Data, Part, counts, sha256_by_text
from pipelines.benchmark.events import Events
from recsys.errors import InputError
from recsys.interactions import Histories, Interactions
from recsys.schema import EARLIEST
from recsys.split import Split

Draw = Literal["random", "newest"]
"""Which titles are held out: any, or those that were watched last of all for the first time."""

Among = Literal["cold", "all"]
"""Where the held-out titles are to be found: among themselves, or in the whole catalog."""

MOST_ASKED = 2000
"""Viewers that are asked, which bounds the memory of what is offered to each."""


def load(
    path: Path,
    *,
    among: Among = "cold",
    draw: Draw = "random",
    share: float = 0.2,
    seed: int = 0,
    part: Part = "test",
) -> Data:
    """Read a data set and hold out titles, wholly.

    A viewer is asked with the first half of the history and should find the held-out titles of the second;
    no interaction with a held-out title is learned from or in a history that is asked with. What viewers
    said about titles is left out of the catalog, since nobody has said anything about a title that is new.

    Parameters
    ----------
    path : Path
        What ``recsys ingest`` could read.
    among : "cold" or "all"
    draw : "random" or "newest"
    share : float
        Of the watched titles, in (0, 1).
    seed : int
        By which titles and viewers are drawn.
    part : "test" or "validation"
        For validation other titles are drawn, from the interactions that the test leaves.

    Raises
    ------
    InputError
        If nothing known lies at the path, the share is out of range, or nobody can be asked.
    """
    if not 0 < share < 1:
        raise InputError(expected="a share between 0 and 1", got=share, where="cold-titles, share")
    events = Events.read(path)
    whole = events.whole()
    cold = _drawn(whole.histories, draw, share, seed)
    if part == "validation":
        whole = whole.with_histories(whole.histories.keep(~cold[whole.histories.titles]))
        cold = _drawn(whole.histories, draw, share, seed + 1)
    split = hold_out(whole, cold, seed)
    held = np.sort(split.train.title_ids.values[cold]).tolist()
    return Data(
        name=path.resolve().name,
        split=split,
        titles=events.titles_before(EARLIEST),
        test_sha256=sha256_by_text(split),
        offered=_offered(len(split.viewers), cold) if among == "cold" else None,
        facts={
            "part": part,
            "among": among,
            "draw": draw,
            "share": share,
            "seed": seed,
            "cold_titles": len(held),
            "cold_titles_sha256": hashlib.sha256("\n".join(held).encode()).hexdigest(),
            **counts(split),
        },
    )


def hold_out(interactions: Interactions, cold: NDArray[np.bool_], seed: int) -> Split:
    """Learn from all but the cold titles, and ask for those in the second halves of histories.

    Parameters
    ----------
    interactions : Interactions
    cold : bool (n_titles,)
    seed : int
        By which viewers are drawn, where there are many.

    Raises
    ------
    InputError
        If no viewer watched a cold title after others.
    """
    histories = interactions.histories
    is_cold = cold[histories.titles]
    late = histories.steps_ago < np.repeat(-(-histories.lengths // 2), histories.lengths)
    given, wanted = histories.keep(~late & ~is_cold), histories.keep(late & is_cold)
    asked = np.flatnonzero((given.lengths > 0) & (wanted.lengths > 0))
    if not len(asked):
        raise InputError(
            expected="a viewer who watched a held-out title after others",
            got="none",
            where="cold-titles",
        )
    random = np.random.default_rng(seed)
    asked = np.sort(random.permutation(asked)[:MOST_ASKED])
    return Split(
        train=interactions.with_histories(histories.keep(~is_cold)),
        histories=given.take(asked),
        held_out=wanted.take(asked),
        viewers=interactions.viewer_ids.values[asked],
        moment=histories.occurred_at.max(),
    )


def _drawn(histories: Histories, draw: Draw, share: float, seed: int) -> NDArray[np.bool_]:
    """Mark the share of the watched titles that is held out, bool (n_titles,)."""
    watched = np.unique(histories.titles)
    order = np.random.default_rng(seed).permutation(watched)
    if draw == "newest":
        first = np.full(histories.n_titles, np.iinfo(np.int64).max)
        np.minimum.at(first, histories.titles, histories.first_at.astype(np.int64))
        order = watched[np.argsort(-first[watched], kind="stable")]
    marked = np.zeros(histories.n_titles, np.bool_)
    marked[order[: max(1, int(len(watched) * share))]] = True
    return marked


def _offered(viewers: int, cold: NDArray[np.bool_]) -> Histories:
    titles = np.flatnonzero(cold).astype(np.int32)
    return Histories.of([titles.tolist()], len(cold)).take(np.zeros(viewers, np.int64))
