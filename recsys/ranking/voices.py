"""What the last titles of a history say of a candidate, each by itself.

A model that adds up what the watched titles say can't tell one that speaks loudly from many that agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.ids import UNKNOWN
from recsys.interactions import Histories
from recsys.ranking.candidates import Candidates
from recsys.topk import FloatMatrix

LAST = 10
"""Entries of a history that are heard one by one."""
AUDIBLE = 0.1
"""Share of the loudest voice from which on another agrees."""
HEARD = ("loudest", "third", "agreement")


def voices(part: Algorithm, histories: Histories, candidates: Candidates) -> FloatMatrix:
    """Return how the last titles speak for each candidate, float32 (n_pairs, len(HEARD)).

    Parameters
    ----------
    part : Algorithm
        Fitted; a voice is what it says of a history of one title.
    histories : Histories
        Of known titles.
    candidates : Candidates

    Returns
    -------
    float32
        The loudest and the third loudest voice, as shares of the loudest that the viewer's candidates
        get, and the share of the last titles that speak at least a tenth as loudly as the loudest.
    """
    last = _last(histories)
    titles, rows = np.unique(last[last != UNKNOWN], return_inverse=True)
    told = part.voices(titles.astype(np.int32))
    spoken = np.zeros((len(candidates.titles), LAST), np.float32)
    place = np.full(last.shape, UNKNOWN, np.int64)
    place[last != UNKNOWN] = rows
    asked = place[candidates.viewers]
    for back in range(LAST):
        heard = np.flatnonzero(asked[:, back] != UNKNOWN)
        spoken[heard, back] = told[asked[heard, back], candidates.titles[heard]]
    spoken /= _loudest(spoken, candidates.viewers, len(histories))[candidates.viewers, None]
    agreed = (spoken > AUDIBLE * np.maximum(spoken.max(axis=1, keepdims=True), 1e-9)).mean(axis=1)
    spoken.sort(axis=1)
    return np.column_stack([spoken[:, -1], spoken[:, -3], agreed]).astype(np.float32)


def _last(histories: Histories) -> NDArray[np.int32]:
    """Return the last titles of each history, newest first, int32 (n_histories, LAST) padded with -1."""
    last = np.full((len(histories), LAST), UNKNOWN, np.int32)
    ago = histories.steps_ago
    near = ago < LAST
    last[histories.viewers[near], ago[near]] = histories.titles[near]
    return last


def _loudest(spoken: FloatMatrix, viewers: NDArray[np.int64], count: int) -> FloatMatrix:
    loudest = np.full(count, 1e-9, np.float32)
    np.maximum.at(loudest, viewers, np.abs(spoken).max(axis=1, initial=0))
    return loudest
