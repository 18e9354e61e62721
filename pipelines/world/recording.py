"""What a wave of sessions writes into the log."""

from __future__ import annotations

import numpy as np

from pipelines.world.behaviour import World
from pipelines.world.choice import SEARCH, Offers
from pipelines.world.log import EventLog
from pipelines.world.state import State
from pipelines.world.streams import Bools, Floats, Ints
from pipelines.world.trace import SECOND, Trace
from pipelines.world.watching import place_in_group
from recsys.schema import EventType

PAUSING, RATING, THUMBING, LISTING = 0.1, 0.08, 0.1, 0.3
"""Shares of plays that are paused, rated, given a thumb; and of clicks not played that are kept for later."""

DISMISSING = 0.1
"""Share of plays broken off before the half that are put away at once, so as not to be offered for going on."""

BY_NAME = 0.75
"""Share of searches for a title's name; the others are for the first of its cast."""


def record(rng: np.random.Generator, log: EventLog, world: World, state: State, t: Trace) -> None:
    """Write the wave's events into the log."""
    first = np.cumsum(world.catalog.episodes) - world.catalog.episodes
    chosen, shown = t.scene.chosen, t.scene.shown
    _record_shown(log, t, shown)
    _record_searches(rng, log, world, t, chosen)
    log.add(
        EventType.CLICK,
        t.clicked_at,
        title=chosen.title,
        **_place(t, chosen),
        **t.of_sessions(chosen.session),
    )
    title = chosen.title[t.plays.visit]
    is_episode = world.catalog.episodes[title] > 0
    code = np.where(is_episode, len(world.catalog) + first[title] + t.plays.episode, title)
    _record_plays(rng, log, t, code)
    _record_opinions(rng, log, t, code)
    _record_lists(rng, log, state, t)
    _record_dismissals(rng, log, t, code)


def _place(t: Trace, offers: Offers) -> dict[str, Ints | Floats]:
    return {
        "row": offers.row,
        "row_rank": offers.row_rank,
        "item_rank": offers.item_rank,
        "propensity": offers.propensity,
        "page": t.scene.turn[offers.session],
    }


def _record_shown(log: EventLog, t: Trace, shown: Offers) -> None:
    log.add(
        EventType.IMPRESSION,
        t.come.start[shown.session],
        title=shown.title,
        **_place(t, shown),
        **t.of_sessions(shown.session),
    )


def _record_searches(
    rng: np.random.Generator, log: EventLog, world: World, t: Trace, chosen: Offers
) -> None:
    """Ask for the title by its name, or by the first of its cast."""
    found = np.flatnonzero(chosen.row == SEARCH)
    by_name = rng.random(len(found)) < BY_NAME
    query = chosen.title[found] + np.where(by_name, 0, len(world.catalog))
    session = chosen.session[found]
    log.add(EventType.SEARCH, t.come.start[session], query=query, **t.of_sessions(session))


def _record_plays(rng: np.random.Generator, log: EventLog, t: Trace, code: Ints) -> None:
    plays, seconds, watched = t.plays, t.plays.seconds, t.ended - t.began

    def add(kind: EventType, which: Bools, at: Ints, share: Floats, portion: Floats) -> None:
        log.add(
            kind,
            at[which],
            title=code[which],
            position=(share * seconds)[which],
            duration=seconds[which],
            portion=portion[which],
            **_place_of_plays(t, which),
            **t.of_sessions(t.play_session[which]),
        )

    everyone, unknown = np.ones(len(code), bool), np.full(len(code), np.nan)
    half, at_half = plays.portion / 2, t.began + watched // 2
    skipped = plays.reached - plays.portion
    add(EventType.PLAY, everyone, t.began, np.zeros(len(code)), unknown)
    add(
        EventType.PAUSE,
        rng.random(len(code)) < PAUSING,
        t.began + watched // 3,
        half / 1.5,
        unknown,
    )
    add(EventType.PROGRESS, plays.portion >= 0.3, at_half, half, half)
    add(EventType.SEEK, skipped > 0, at_half + SECOND, half + skipped, unknown)
    add(EventType.PROGRESS, ~plays.complete, t.ended, plays.reached, plays.portion)
    add(EventType.COMPLETE, plays.complete, t.ended, plays.reached, plays.portion)


def _place_of_plays(t: Trace, which: Bools) -> dict[str, Ints | Floats]:
    """Return where the played title was chosen; only the first episode of a visit was shown there."""
    visit = t.plays.visit[which]
    there = (place_in_group(t.plays.visit) == 0)[which]
    place = _place(t, t.scene.chosen.take(visit))
    blank = {"propensity": np.nan}
    return {name: np.where(there, value, blank.get(name, -1)) for name, value in place.items()}


def _record_opinions(rng: np.random.Generator, log: EventLog, t: Trace, code: Ints) -> None:
    """Rate in half stars around 1.2 + 3.6 affinity; a thumb goes up as often as affinity says."""
    liked, complete = t.scene.chosen.affinity[t.plays.visit], t.plays.complete
    stars = np.clip(np.round(2 * (1.2 + 3.6 * liked + rng.normal(0, 0.5, len(code)))) / 2, 0.5, 5)
    thumb = np.where(rng.random(len(code)) < 0.25 + 0.7 * liked, 1.0, -1.0)
    rates = complete & (rng.random(len(code)) < RATING)
    thumbs = (t.plays.portion > 0.1) & (rng.random(len(code)) < THUMBING)
    for kind, which, value, delay in (
        (EventType.RATING, rates, stars, 1),
        (EventType.THUMB, thumbs, thumb, 2),
    ):
        session = t.play_session[which]
        at = t.ended[which] + delay * SECOND
        log.add(kind, at, title=code[which], value=value[which], **t.of_sessions(session))


def _record_lists(rng: np.random.Generator, log: EventLog, state: State, t: Trace) -> None:
    """Keep for later what was clicked and not played; take from the list what was played to the end."""
    chosen = t.scene.chosen
    viewer = t.come.viewer[chosen.session]
    is_played = np.bincount(t.plays.visit, minlength=len(viewer)) > 0
    listed = state.listed[viewer, chosen.title]
    added = ~is_played & ~listed & (rng.random(len(viewer)) < LISTING)
    removed = is_played & listed
    for kind, which in ((EventType.WATCHLIST_ADD, added), (EventType.WATCHLIST_REMOVE, removed)):
        at = t.clicked_at[which] + 2 * SECOND
        log.add(kind, at, title=chosen.title[which], **t.of_sessions(chosen.session[which]))
        state.listed[viewer[which], chosen.title[which]] = kind == EventType.WATCHLIST_ADD


def _record_dismissals(rng: np.random.Generator, log: EventLog, t: Trace, code: Ints) -> None:
    broken_off = (t.plays.portion < 0.5) & ~t.plays.complete
    which = broken_off & (rng.random(len(code)) < DISMISSING)
    session = t.play_session[which]
    at = t.ended[which] + 2 * SECOND
    log.add(EventType.DISMISS, at, title=code[which], **t.of_sessions(session))
