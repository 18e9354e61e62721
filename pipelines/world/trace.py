"""A wave of sessions with everything in its place in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.behaviour import Scene, World
from pipelines.world.sessions import Sessions
from pipelines.world.state import State
from pipelines.world.streams import Ints
from pipelines.world.watching import Plays, before_in_group, played, watch

SECOND = 1_000_000
"""Microseconds."""

BROWSING, STARTING = 7, 4
"""Seconds before a click, and between it and the play."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The wave with everything in its place in time.

    Attributes
    ----------
    number : int64 (n_sessions,)
        The sessions' numbers in the log.
    clicked_at : int64 (n_chosen,)
    began, ended : int64 (n_plays,)
        Microseconds since the start.
    """

    come: Sessions
    scene: Scene
    plays: Plays
    number: Ints
    clicked_at: Ints
    began: Ints
    ended: Ints

    def of_sessions(self, session: Ints) -> dict[str, Ints]:
        """Return the columns that every event of these sessions has."""
        return {
            "session": self.number[session],
            "viewer": self.come.viewer[session],
            "device": self.come.device[session],
        }

    @property
    def play_session(self) -> Ints:
        """Row of the session of each play."""
        return self.scene.chosen.session[self.plays.visit]


def trace(
    rng: np.random.Generator,
    world: World,
    state: State,
    come: Sessions,
    scene: Scene,
    *,
    number: Ints,
) -> Trace:
    """Let what was chosen be watched, and lay it out in time."""
    chosen = scene.chosen
    viewer = come.viewer[chosen.session]
    plays = watch(
        rng,
        chosen,
        played(rng, chosen),
        next_episode=state.progress[viewer, chosen.title].astype(np.int64),
        episodes=world.catalog.episodes[chosen.title],
        seconds=world.catalog.releases.minutes[chosen.title] * 60,
    )
    lasts = ((plays.portion * plays.seconds + STARTING) * SECOND).astype(np.int64)
    visit_lasts = np.bincount(plays.visit, lasts, len(chosen.session)).astype(np.int64)
    wait = before_in_group(visit_lasts + BROWSING * SECOND, chosen.session)
    clicked_at = come.start[chosen.session] + wait + BROWSING * SECOND
    began = clicked_at[plays.visit] + before_in_group(lasts, plays.visit) + STARTING * SECOND
    return Trace(come, scene, plays, number, clicked_at, began, began + lasts - STARTING * SECOND)
