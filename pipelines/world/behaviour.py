"""One wave of sessions: who comes is shown a page or searches, chooses, watches, and leaves a trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world import laws
from pipelines.world.almanac import ALWAYS
from pipelines.world.catalog import Catalog
from pipelines.world.choice import Offers, continue_offers, page_offers, search_offers
from pipelines.world.exposure import Page, compose
from pipelines.world.sessions import Sessions
from pipelines.world.state import State
from pipelines.world.streams import Bools, Floats, Ints, Vectors, unit
from pipelines.world.tastes import DIMENSIONS, Space, Tastes
from pipelines.world.viewers import Viewers

SEARCHING = 0.25
"""Share of sessions that go to the search and see no page."""

BLUR = 0.8
"""How far the logging policy's idea of a viewer's taste lies from it."""

TASTE_SHARPNESS, FAME_SHARE = 4.0, 0.2
"""The policy's utility of a title: ``4 cos(its idea of the viewer, title) + .2 log popularity``."""


@dataclass(frozen=True, slots=True)
class World:
    """All that does not change while the days go by.

    Attributes
    ----------
    catalog : Catalog
    where : Space
    viewers : Viewers
    tastes : Tastes
    blur : float32 (n_viewers, 16)
        The logging policy's error about each viewer, of length ``BLUR``.
    """

    catalog: Catalog
    where: Space
    viewers: Viewers
    tastes: Tastes
    blur: Vectors

    def open(self, day: int) -> Bools:
        """Return which titles may be shown on a local day, shape (n_titles,)."""
        when = self.catalog.releases
        return (when.first_day <= day) & (day <= when.last_day)

    def appeal(self, day: int) -> Floats:
        """Return the titles' appeal with what newness adds today, shape (n_titles,)."""
        return self.where.appeal + laws.freshness(self.catalog.releases.first_day, day)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the sessions of one wave come upon; arrays of one row a session.

    Attributes
    ----------
    shown : Offers
        All that stands on pages.
    chosen : Offers
        What is clicked, or found by a search, in order of session and place.
    turn : int64 (n,)
        How far the page's rows were turned; -1 for a session that searches.
    """

    shown: Offers
    chosen: Offers
    turn: Ints


def blurs(rng: np.random.Generator, n: int) -> Vectors:
    """Draw what the logging policy gets wrong about each viewer."""
    return BLUR * unit(rng.normal(size=(n, DIMENSIONS)).astype(np.float32))


def play_out(
    rng: np.random.Generator, world: World, state: State, come: Sessions, *, day: int, share: float
) -> Scene:
    """Show and choose; ``share`` of the world's days is over. Changes nothing in the state."""
    viewer = come.viewer
    tastes = world.tastes.at(share)[viewer]
    wanted = laws.wishes(tastes, state.mood[viewer])
    affinity = laws.affinity(wanted, world.where.titles, world.appeal(day))
    rights = _rights(world, viewer, day)
    allowed = rights & ~state.watched[viewer]
    search = rng.random(len(come)) < SEARCHING
    seekers, browsers = np.flatnonzero(search), np.flatnonzero(~search)
    found = search_offers(rng, seekers, affinity[seekers], allowed[seekers])
    goes_on = _goes_on(state.following[viewer], rights) & ~search
    following = np.flatnonzero(goes_on)
    series = state.following[viewer[following]]
    resumed = continue_offers(following, series, affinity[following, series].astype(float))
    page = _pages(
        rng, world, state, tastes[browsers] + world.blur[viewer[browsers]], allowed[browsers]
    )
    offers = page_offers(page, browsers, affinity[browsers], goes_on[browsers])
    shown = offers.followed_by(resumed)
    turn = np.full(len(come), -1)
    turn[browsers] = page.turn
    return Scene(shown, shown.clicked(rng).followed_by(found), turn)


def _rights(world: World, viewer: Ints, day: int) -> Bools:
    """Return what each viewer may be shown: in the window, the region and the age limit."""
    by_region = world.catalog.releases.regions.T & world.open(day)
    suited = world.catalog.age[None, :] <= world.viewers.age_limit[viewer][:, None]
    return by_region[world.viewers.region[viewer]] & suited


def _goes_on(following: Ints, rights: Bools) -> Bools:
    return (following >= 0) & rights[np.arange(len(following)), following]


def _pages(
    rng: np.random.Generator, world: World, state: State, guess: Vectors, allowed: Bools
) -> Page:
    """Compose pages from what the policy knows: a blurred taste, popularity and release dates."""
    fame = np.log1p(state.popularity).astype(np.float32)
    taste = TASTE_SHARPNESS * (unit(guess) @ world.where.titles.T) + FAME_SHARE * fame
    first = world.catalog.releases.first_day
    newness = np.where(first > -ALWAYS, first, -ALWAYS).astype(np.float32)
    many = (len(guess), 1)
    return compose(rng, (taste, np.tile(fame, many), np.tile(newness, many)), allowed)
