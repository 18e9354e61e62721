"""What comes of a click: plays, episode after episode, and how much of each is watched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.choice import Offers
from pipelines.world.streams import Bools, Floats, Ints

PLAYS, PATIENCE = 0.9, 2
"""Probability that a click is played, and how many titles a session plays at most."""

BINGE = 3
FINISHING = (0.2, 0.75)
"""Something begun is finished with probability .2 + .75 x affinity."""

SEEKING, SKIPPED, FINISHED = 0.06, 0.08, 0.9
"""Share of plays with a jump, the part it jumps over, and the position from which a play is complete."""


@dataclass(frozen=True, slots=True)
class Plays:
    """Plays in order of session and time, one entry each.

    Attributes
    ----------
    visit : int64
        Which chosen offer it belongs to.
    episode : int64
        Place among the series' episodes, from 0; 0 for anything else.
    portion : float64
        Share really watched.
    reached : float64
        Position at the end, as a share; more than ``portion`` where something was skipped.
    seconds : float64
        Length of what was played.
    """

    visit: Ints
    episode: Ints
    portion: Floats
    reached: Floats
    seconds: Floats

    @property
    def complete(self) -> Bools:
        """Was the end reached."""
        return self.reached >= FINISHED


def played(rng: np.random.Generator, chosen: Offers) -> Bools:
    """Say which chosen offers are played: of each session the first few, most of the time."""
    return (place_in_group(chosen.session) < PATIENCE) & (rng.random(len(chosen.session)) < PLAYS)


def watch(
    rng: np.random.Generator,
    chosen: Offers,
    plays: Bools,
    *,
    next_episode: Ints,
    episodes: Ints,
    seconds: Floats,
) -> Plays:
    """Play the chosen offers.

    Parameters
    ----------
    rng : numpy.random.Generator
    chosen : Offers
    plays : bool
        Which of them are played.
    next_episode, episodes : int64
        For each offer: the first episode not completed, and how many there are; 0 and 0 but for series.
    seconds : float64
        For each offer: the length of the title or of one episode.
    """
    liked = chosen.affinity
    more = 1 + (rng.random((len(liked), BINGE - 1)) < 0.6 * liked[:, None]).cumprod(1).sum(1)
    count = np.where(plays, np.where(episodes > 0, np.minimum(more, episodes - next_episode), 1), 0)
    visit = np.repeat(np.arange(len(liked)), count)
    place = place_in_group(visit)
    # Whoever goes on to a further episode has finished the one before.
    finished = (rng.random(len(visit)) < FINISHING[0] + FINISHING[1] * liked[visit]) | (
        place < count[visit] - 1
    )
    reached = np.where(
        finished, rng.uniform(0.94, 1.0, len(visit)), rng.uniform(0.02, 0.7, len(visit))
    )
    skips = (rng.random(len(visit)) < SEEKING) & (reached > 0.3)
    portion = reached - SKIPPED * skips
    return Plays(visit, next_episode[visit] + place, portion, reached, seconds[visit])


def place_in_group(group: Ints) -> Ints:
    """Count the entries of each run of equal values from 0.

    Examples
    --------
    >>> place_in_group(np.array([4, 4, 7])).tolist()
    [0, 1, 0]
    """
    index = np.arange(len(group))
    first = np.r_[True, group[1:] != group[:-1]][: len(group)]
    return index - np.maximum.accumulate(np.where(first, index, 0))


def before_in_group(values: Ints, group: Ints) -> Ints:
    """Sum the values that come before each entry in its run of equal ``group``.

    Examples
    --------
    >>> before_in_group(np.array([5, 1, 2]), np.array([0, 0, 1])).tolist()
    [0, 5, 0]
    """
    before = np.cumsum(values) - values
    return before - before[np.arange(len(group)) - place_in_group(group)]
