"""What is the viewer's own: titles begun, listed and finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds

STARTED: Final = 0.1
"""Share of a title that has to be watched before it counts as begun."""
FINISHED: Final = 0.9
"""Share at which it counts as finished: what follows are the credits."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a viewer may go on.

    Attributes
    ----------
    title : int
        Internal id of the movie, or of the series that stands for its episodes.
    content_id : str
        What is to be played: the movie, or an episode.
    portion : float
        How much of it was watched, in [0, 0.9); 0 is the next episode.
    last_at : datetime64[us]
        When the title was last watched, UTC.
    episode : bool
        Whether it is of a series.
    """

    title: int
    content_id: str
    portion: float
    last_at: np.datetime64
    episode: bool = False


class Habit(NamedTuple):
    """How a viewer's sittings began."""

    sittings: int = 0
    """In which anything was watched."""
    resumed: int = 0
    """Those of them that began with a title of an earlier one."""


UNSEEN: Final = Habit()
"""Of a viewer of whom no sitting is known."""


@dataclass(frozen=True, slots=True)
class Own:
    """The viewer's own titles as of a moment.

    Attributes
    ----------
    begun : tuple of Begun
        Each title once, the latest first.
    listed : int32 (n,)
        On the watchlist, the latest first.
    finished : int32 (m,)
        Watched to the end and not disliked, the latest first.
    finished_at : datetime64[us] (m,)
    habit : Habit
    """

    begun: tuple[Begun, ...]
    listed: InternalIds
    finished: InternalIds
    finished_at: NDArray[np.datetime64]
    habit: Habit = UNSEEN


NOTHING: Final = Own(
    (), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, "datetime64[us]")
)
"""Of a viewer of whom nothing is known."""
