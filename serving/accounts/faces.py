"""Titles of a viewer's own lists: which may be shown now, and how they look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recsys.context import Context
from recsys.page.speech import Speech
from recsys.ranking.rights import allowed
from recsys.titles import Titles
from serving.cards import Card, Cards
from serving.replica import Replica


@dataclass(frozen=True, slots=True)
class Faces:
    """What a viewer may be shown.

    Attributes
    ----------
    replica : Replica
    context : Context
    artwork : Path
        The folder of posters.
    speech : Speech
        In whose languages they are named.
    """

    replica: Replica
    context: Context
    artwork: Path
    speech: Speech

    def of(self, title_ids: Iterable[str]) -> dict[str, Card]:
        """Return how titles look, by the ids of movies and series, without those that may not be shown."""
        wanted = sorted(set(title_ids))
        recommender = self.replica.recommender
        rows = recommender.titles.ids.internal(wanted)
        shown = recommender.allowed(self.context)
        card = self.replica.cards.read_in(self.speech.tags)
        found = {
            title: Card(*card(int(row)))
            for title, row in zip(wanted, rows, strict=True)
            if row >= 0 and shown[row]
        }
        late = [title for title, row in zip(wanted, rows, strict=True) if row < 0]
        return found | (self._late(late) if late else {})

    def _late(self, title_ids: list[str]) -> dict[str, Card]:
        """Return how titles look that came after the bundle: of them the catalog alone knows."""
        catalog = self.replica.offered
        rows = catalog.filter(pc.is_in(catalog["title_id"], pa.array(title_ids, pa.string())))
        titles = Titles.from_table(rows)
        shown = allowed(titles, self.context)
        card = Cards(titles, self.artwork).read_in(self.speech.tags)
        late = [Card(*card(row)) for row in shown.nonzero()[0].tolist()]
        return {card.content_id: card for card in late}
