"""What a viewer said of the own taste, and what it does to whatever is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.interactions import Engagement
from features.pauses import NEVER, Pauses, paused_history
from recsys.context import Context
from recsys.interactions import Histories
from recsys.page.edits import Edit, barred, edited, enough, factors
from serving.replica import Replica


@dataclass(frozen=True, slots=True)
class Wishes:
    """Edits of words, and pauses of the history."""

    edits: tuple[Edit, ...] = ()
    pauses: Pauses = NEVER

    def history(self, engagement: Engagement, replica: Replica, context: Context) -> Histories:
        """Return the history that the models are given: the one place where it is made."""
        history = paused_history(
            engagement,
            self.pauses,
            replica.recommender.titles.ids,
            replica.episodes.series,
            context.now,
            region=context.region,
        )
        return edited(history, self.edits, replica.facts.fields) if self.edits else history

    def barred(self, replica: Replica) -> NDArray[np.bool_] | None:
        """Return the titles that are never to come, bool (n_titles,), or None if there are none."""
        if not any(edit.wish == "never" for edit in self.edits):
            return None
        return barred(self.edits, replica.facts.fields)

    def factors(self, replica: Replica) -> NDArray[np.float32] | None:
        """Return by what each title is lifted or lowered, float32 (n_titles,), or None if none is."""
        return factors(self.edits, replica.facts.fields) if self._lean else None

    def enough(self, replica: Replica) -> tuple[NDArray[np.bool_], ...]:
        """Return of which titles a list is to hold enough, each bool (n_titles,)."""
        return enough(self.edits, replica.facts.fields) if self._lean else ()

    @property
    def _lean(self) -> bool:
        return any(edit.wish != "never" for edit in self.edits)


NONE: Final = Wishes()
"""Of a viewer who said nothing."""
