"""The space of tastes: what titles are and what viewers want, as vectors of one space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.catalog import Catalog
from pipelines.world.strands import strands
from pipelines.world.streams import Bools, Floats, Ints, Vectors, stream, unit

DIMENSIONS = 16
KEYWORD_PULL, PEOPLE_PULL, OWN_PULL = 0.6, 0.45, 0.35
"""How far keywords, people and what no metadata tells move a title from its strand's centre."""

SECOND_PULL = 0.5
SWITCHING = 0.5
"""Share of viewers whose main strand is another one at the end."""

WHIM = 0.35
"""How far a viewer's taste lies from the strands it is mixed of."""


@dataclass(frozen=True, slots=True)
class Space:
    """Where the strands and the titles lie.

    Attributes
    ----------
    centres : float32 (n_strands, 16)
        Of length 1; strands that share genres lie close.
    titles : float32 (n_titles, 16)
        Of length 1, in the catalog's order.
    appeal : float64 (n_titles,)
        What everybody likes about a title, added to every viewer's affinity; mean 0.
    """

    centres: Vectors
    titles: Vectors
    appeal: Floats


def space(catalog: Catalog, seed: int) -> Space:
    """Place the titles: near their strand, drawn towards what their keywords and people stand for."""
    rng = stream(seed, "space")
    centres = _centres(rng)
    keyword = {word: _direction(rng) for word in sorted({k for s in strands() for k in s.keywords})}
    person = np.array([_direction(rng) for _ in catalog.people.names])
    vectors = np.empty((len(catalog), DIMENSIONS), np.float32)
    for row, draft in enumerate(catalog.drafts):
        second = SECOND_PULL * (draft.second != draft.strand)
        about = np.sum([keyword[word] for word in draft.keywords], 0) / len(draft.keywords) ** 0.5
        by = np.sum(person[[*draft.cast[:3], draft.director]], 0) / 2
        vectors[row] = (
            centres[draft.strand]
            + second * centres[draft.second]
            + KEYWORD_PULL * about
            + PEOPLE_PULL * by
            + OWN_PULL * _direction(rng)
        )
    appeal = rng.normal(0, 1.1, len(catalog))
    return Space(centres, unit(vectors), appeal - appeal.mean())


def _centres(rng: np.random.Generator) -> Vectors:
    genres = {genre: _direction(rng) for genre in sorted({g for s in strands() for g in s.genres})}
    own = np.array([1.2 * _direction(rng) for _ in strands()], np.float32)
    shared = np.array([np.sum([genres[g] for g in s.genres], 0) for s in strands()], np.float32)
    return unit(own + shared)


def _direction(rng: np.random.Generator) -> Vectors:
    return unit(rng.normal(size=DIMENSIONS).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Tastes:
    """What every viewer wants at the start and at the end; between them taste moves evenly.

    Attributes
    ----------
    start, end : float32 (n_viewers, 16)
        Of length 1.
    start_cluster, end_cluster : int64 (n_viewers,)
        Main strand.
    """

    start: Vectors
    end: Vectors
    start_cluster: Ints
    end_cluster: Ints

    def at(self, share: float) -> Vectors:
        """Return the tastes when a share in [0, 1] of the world's days is over."""
        return unit((1 - share) * self.start + share * self.end)


def tastes(where: Space, children: Bools, seed: int) -> Tastes:
    """Draw tastes as mixtures of strands; children's lie among the strands for children."""
    rng = stream(seed, "tastes")
    n = len(children)
    odds = _odds(rng, children)
    first, second = _choose(rng, odds), _choose(rng, odds)
    switched = rng.random(n) < SWITCHING
    last = np.where(switched, _choose(rng, odds), first)
    whim = WHIM * unit(rng.normal(size=(n, DIMENSIONS)).astype(np.float32))
    drift = WHIM * unit(rng.normal(size=(n, DIMENSIONS)).astype(np.float32))
    side = rng.uniform(0.2, 0.6, (n, 1)).astype(np.float32) * where.centres[second]
    return Tastes(
        start=unit(where.centres[first] + side + whim),
        end=unit(where.centres[last] + side + 0.7 * whim + 0.7 * drift),
        start_cluster=first,
        end_cluster=last,
    )


def _odds(rng: np.random.Generator, children: Bools) -> Floats:
    """Return how likely each strand is for each viewer, shape (n_viewers, n_strands)."""
    kids = np.array([strand.for_children for strand in strands()])
    common = rng.permutation(np.arange(1, len(kids) + 1) ** -0.5)
    odds = (
        np.where(children[:, None], np.where(kids, 1.0, 0.02), np.where(kids, 0.15, 1.0)) * common
    )
    return odds / odds.sum(1, keepdims=True)


def _choose(rng: np.random.Generator, odds: Floats) -> Ints:
    return (rng.random((len(odds), 1)) > np.cumsum(odds, 1)[:, :-1]).sum(1)
