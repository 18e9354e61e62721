"""What a page shows, and with which probability: the logging policy.

A page has four rows. Each row has its own candidates, dealt in order of the row's utility to its places
(the best to place 0, the next to place 1, and so on, again and again), so that a title can
stand in one place only. Each place draws one of its own candidates, and the rows are turned by a random
number of steps. The propensity of a title at its place, given viewer and moment, is therefore exactly
(probability of the draw) x (probability of the turn), with nothing to integrate over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.streams import Bools, Floats, Ints, Vectors


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page: how many places, how many candidates each, and how sharply it chooses."""

    row_id: str
    source: str
    places: int
    depth: int
    sharpness: float = 1.0


ROWS = (
    Row("top-picks", "taste", places=5, depth=16),
    Row("trending", "popularity", places=3, depth=6),
    Row("new", "new", places=2, depth=6, sharpness=0.0),
    Row("explore", "exploration", places=2, depth=0),
)
"""Depth 0 draws uniformly from all that no other row claims."""

TURNS = np.array([0.55, 0.15, 0.15, 0.15])
"""Probability that the rows are turned by 0, 1, 2, 3 steps."""

FLOOR = 0.2
"""Share of a draw that is uniform over its candidates, which bounds propensities from below."""

PLACES = sum(row.places for row in ROWS)
PLACE_ROW = np.repeat(np.arange(len(ROWS)), [row.places for row in ROWS])
PLACE_ITEM = np.concatenate([np.arange(row.places) for row in ROWS])


@dataclass(frozen=True, slots=True)
class Page:
    """The pages of many sessions.

    Attributes
    ----------
    title : int64 (n, PLACES)
        -1 where a place stays empty.
    row_rank : int64 (n, PLACES)
    propensity : float64 (n, PLACES)
    turn : int64 (n,)
    """

    title: Ints
    row_rank: Ints
    propensity: Floats
    turn: Ints


def compose(
    rng: np.random.Generator, utilities: tuple[Vectors, Vectors, Vectors], allowed: Bools
) -> Page:
    """Draw a page for each session.

    Parameters
    ----------
    rng : numpy.random.Generator
    utilities : three of float32 (n, n_titles)
        By taste, popularity and newness; overwritten.
    allowed : bool (n, n_titles)
        What may be shown; overwritten.
    """
    n = len(allowed)
    titles, chances = np.full((n, PLACES), -1), np.zeros((n, PLACES))
    for k, row in enumerate(ROWS):
        places = k == PLACE_ROW
        if row.depth:
            utility = utilities[k]
            utility[~allowed] = -np.inf
            titles[:, places], chances[:, places] = _draw(rng, row, utility, allowed)
        else:
            titles[:, places], chances[:, places] = _explore(rng, row, allowed)
    turn = rng.choice(len(TURNS), n, p=TURNS)
    rank = (PLACE_ROW[None, :] - turn[:, None]) % len(ROWS)
    return Page(titles, rank, chances * TURNS[turn][:, None], turn)


def _draw(
    rng: np.random.Generator, row: Row, utility: Vectors, allowed: Bools
) -> tuple[Ints, Floats]:
    """Draw one row, and take all its candidates from what later rows may show."""
    n, reach = len(utility), row.places * row.depth
    best = np.argpartition(-utility, reach - 1, axis=1)[:, :reach]
    value = np.take_along_axis(utility, best, 1).astype(float)
    order = np.argsort(-value, axis=1, kind="stable")
    dealt = np.take_along_axis(best, order, 1).reshape(n, row.depth, row.places)
    value = np.take_along_axis(value, order, 1).reshape(n, row.depth, row.places)
    np.put_along_axis(allowed, best, values=False, axis=1)
    chance = _chances(value, row.sharpness)
    drawn = (rng.random((n, 1, row.places)) > np.cumsum(chance, 1)[:, :-1]).sum(1)[:, None, :]
    title = np.take_along_axis(dealt, drawn, 1)[:, 0]
    stated = np.take_along_axis(chance, drawn, 1)[:, 0]
    return np.where(stated > 0, title, -1), stated


def _chances(value: Floats, sharpness: float) -> Floats:
    """Mix a softmax over each place's candidates with a uniform floor; all 0 where there are none."""
    real = np.isfinite(value)
    top = np.where(real, value, -1e9).max(1, keepdims=True)
    weight = np.where(real, np.exp(sharpness * (np.where(real, value, top) - top)), 0.0)
    soft = weight / np.maximum(weight.sum(1, keepdims=True), 1e-12)
    return (1 - FLOOR) * soft + FLOOR * real / np.maximum(real.sum(1, keepdims=True), 1)


def _explore(rng: np.random.Generator, row: Row, allowed: Bools) -> tuple[Ints, Floats]:
    """Draw uniformly; the places share the titles out by number, so that none comes twice."""
    n = len(allowed)
    titles, chances = np.full((n, row.places), -1), np.zeros((n, row.places))
    for place in range(row.places):
        mine = allowed[:, place :: row.places]
        count = mine.sum(1)
        pick = np.where(mine, rng.random(mine.shape, dtype=np.float32), -1).argmax(1)
        titles[:, place] = np.where(count > 0, pick * row.places + place, -1)
        chances[:, place] = np.where(count > 0, 1 / np.maximum(count, 1), 0)
    return titles, chances
