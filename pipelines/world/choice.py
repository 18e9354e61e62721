"""What is shown and what is chosen: pages, the row to go on watching, clicks, searches."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from pipelines.world.exposure import PLACE_ITEM, PLACE_ROW, ROWS, Page
from pipelines.world.laws import examination
from pipelines.world.streams import Bools, Floats, Ints, Vectors

CONTINUE, SEARCH = len(ROWS), len(ROWS) + 1
"""Row numbers beyond those of the page."""

ROW_IDS = [*(row.row_id for row in ROWS), "continue-watching", "search"]
SOURCES = [*(row.source for row in ROWS), "history", "search"]

LOYALTY = (0.25, 0.65)
"""A followed series is wanted with probability .25 + .65 x affinity."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Titles at places of pages, or found by a search; one entry each, sessions ascending.

    Attributes
    ----------
    session : int64
        Row of the wave's sessions.
    title : int64
        Movie, series or live event, as a row of the catalog.
    row, row_rank, item_rank : int64
        -1 for the ranks of a search's find.
    propensity : float64
        NaN for a search's find.
    affinity : float64
        How much the viewer wants it.
    """

    session: Ints
    title: Ints
    row: Ints
    row_rank: Ints
    item_rank: Ints
    propensity: Floats
    affinity: Floats

    def take(self, which: Bools | Ints) -> Self:
        """Return some of the entries."""
        return type(self)(*(getattr(self, field.name)[which] for field in fields(self)))

    def followed_by(self, *others: Offers) -> Offers:
        """Return all entries together, each session's in the order of the page."""
        parts = [self, *others]
        merged = Offers(
            *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(self))
        )
        return merged.take(np.lexsort((merged.item_rank, merged.row_rank, merged.session)))

    def clicked(self, rng: np.random.Generator) -> Offers:
        """Return what is clicked: each place with probability examination x affinity."""
        chance = examination(self.row_rank, self.item_rank) * self.affinity
        return self.take(rng.random(len(chance)) < chance)


def page_offers(page: Page, session: Ints, affinity: Vectors, following: Bools) -> Offers:
    """Flatten pages; where a series is followed, its row stands above the others.

    Parameters
    ----------
    page : Page
        One row a session that browses.
    session : int64 (n,)
        Which sessions these are.
    affinity : float32 (n, n_titles)
    following : bool (n,)
    """
    at, place = np.nonzero(page.title >= 0)
    title = page.title[at, place]
    return Offers(
        session=session[at],
        title=title,
        row=PLACE_ROW[place],
        row_rank=page.row_rank[at, place] + following[at],
        item_rank=PLACE_ITEM[place],
        propensity=page.propensity[at, place],
        affinity=affinity[at, title].astype(float),
    )


def continue_offers(session: Ints, title: Ints, affinity: Floats) -> Offers:
    """Offer each of these sessions the series it follows, at the top of the page, for certain."""
    n = len(session)
    wanted = LOYALTY[0] + LOYALTY[1] * affinity
    zero = np.zeros(n, np.int64)
    return Offers(session, title, zero + CONTINUE, zero, zero, np.ones(n), wanted)


def search_offers(
    rng: np.random.Generator, session: Ints, affinity: Vectors, allowed: Bools
) -> Offers:
    """Let each of these sessions find one title, drawn from all by affinity alone."""
    n = len(session)
    key = rng.exponential(size=affinity.shape) / np.where(allowed, affinity, 1e-12)
    title = key.argmin(1)
    found = allowed[np.arange(n), title]
    none = np.full(n, -1)
    liked = affinity[np.arange(n), title].astype(float)
    offers = Offers(session, title, np.full(n, SEARCH), none, none, np.full(n, np.nan), liked)
    return offers.take(found)
