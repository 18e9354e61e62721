"""How a wave of sessions changes the state."""

from __future__ import annotations

import numpy as np

from pipelines.world.behaviour import World
from pipelines.world.state import State
from pipelines.world.trace import Trace

SEEN = 0.2
"""Portion from which a movie counts as seen: no page shows it again."""

MOVING = 0.5
"""Portion from which a title changes its viewer's mood."""


def remember(world: World, state: State, t: Trace) -> None:
    """Change the state: seen, progress, the series to follow, mood, popularity, busy until when."""
    chosen, plays = t.scene.chosen, t.plays
    viewer, title = t.come.viewer[t.play_session], chosen.title[plays.visit]
    series = world.catalog.episodes[title] > 0
    seen = series | (plays.portion >= SEEN)
    state.watched[viewer[seen], title[seen]] = True
    done = series & plays.complete
    np.add.at(state.progress, (viewer[done], title[done]), 1)
    left = state.progress[viewer, title] < world.catalog.episodes[title]
    # Plays are in order of time: of several assignments to one viewer, the last one stays.
    state.following[viewer[series]] = np.where(left, title, -1)[series]
    np.add.at(state.popularity, title, plays.portion)
    state.busy_until[viewer] = t.ended
    last = np.r_[viewer[1:] != viewer[:-1], True][: len(viewer)]
    moved = last & (plays.portion >= MOVING)
    state.moved(viewer[moved], title[moved], world.where.titles)
