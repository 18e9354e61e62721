"""What changes from session to session: what was watched, how far, and in which mood it left its viewer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.catalog import Catalog
from pipelines.world.streams import Bools, Floats, Ints, Vectors
from pipelines.world.tastes import DIMENSIONS, Space

MOOD_STAYS = 0.6
POPULARITY_STAYS = 0.9
"""What is left of a mood after another title, and of a title's popularity after a day."""


@dataclass(slots=True)
class State:
    """The world between two waves of sessions.

    Attributes
    ----------
    watched : bool (n_viewers, n_titles)
        Seen, or a series begun: no page shows it among the new things again.
    progress : int16 (n_viewers, n_titles)
        Episodes completed.
    following : int64 (n_viewers,)
        The series to go on with; -1 where there is none.
    listed : bool (n_viewers, n_titles)
        On the watchlist.
    mood : float32 (n_viewers, 16)
    popularity : float64 (n_titles,)
        Portions watched, fading with the days.
    busy_until : int64 (n_viewers,)
        Microseconds since the start.
    """

    watched: Bools
    progress: np.ndarray[tuple[int, int], np.dtype[np.int16]]
    following: Ints
    listed: Bools
    mood: Vectors
    popularity: Floats
    busy_until: Ints

    @classmethod
    def fresh(cls, n_viewers: int, catalog: Catalog, where: Space) -> State:
        """Return the state on the first morning; popularity is what appeal alone would make it."""
        shape = (n_viewers, len(catalog))
        return cls(
            watched=np.zeros(shape, bool),
            progress=np.zeros(shape, np.int16),
            following=np.full(n_viewers, -1),
            listed=np.zeros(shape, bool),
            mood=np.zeros((n_viewers, DIMENSIONS), np.float32),
            popularity=n_viewers / len(catalog) * np.exp(where.appeal),
            busy_until=np.zeros(n_viewers, np.int64),
        )

    def next_day(self) -> None:
        """Let yesterday fade."""
        self.popularity *= POPULARITY_STAYS

    def moved(self, viewer: Ints, title: Ints, vectors: Vectors) -> None:
        """Draw the moods of viewers, one entry each, towards the titles they watched."""
        self.mood[viewer] = MOOD_STAYS * self.mood[viewer] + (1 - MOOD_STAYS) * vectors[title]
