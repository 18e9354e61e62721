"""Rows of what the models hold for right for this viewer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.page.kinds.kind import Kind
from recsys.page.material import Material
from recsys.page.ranked import Row

BECAUSE: Final = "because-"
"""How the id of a row begins that a watched title is the reason of; the title's id follows."""


def reason_of(row_id: str) -> str | None:
    """Return the id of the title that is the reason of a row, if one is."""
    return row_id.removeprefix(BECAUSE) if row_id.startswith(BECAUSE) else None


class TopPicks(Kind):
    """What the model holds for the best."""

    kind: Literal["top-picks"]

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row, if anything is known of the viewer."""
        if material.personal:
            words = material.speech.words
            name, why = words.rows[self.kind], words.top_picks(len(material.history.titles))
            open_to = material.fresh
            yield Row(self.kind, self.kind, name, why, "hybrid", material.picks, open_to=open_to)


class Because(Kind):
    """Titles like one that was watched, or rated alone: the latest that were liked, and the most loved of all.

    Attributes
    ----------
    latest, loved : int
        How many of each are tried.
    """

    kind: Literal["because"]
    latest: int = Field(default=2, ge=0, le=20)
    loved: int = Field(default=2, ge=0, le=20)

    def seeds(self, history: Histories, allowed: NDArray[np.bool_]) -> InternalIds:
        """Return the titles that get a row of their own, as far as they may be named."""
        weights = history.weights
        liked = (weights > 0) & (weights >= (weights.mean() if len(weights) else 0))
        titles = history.titles[liked & allowed[history.titles]]
        latest = titles[::-1][: self.latest]
        order = np.argsort(-weights[liked & allowed[history.titles]], kind="stable")
        loved = titles[order]
        return np.concatenate([latest, loved[~np.isin(loved, latest)][: self.loved]])

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose a row for each seed."""
        history, speech = material.history, material.speech
        watched = set(history.titles[history.watched_portion > 0].tolist())
        for seed, alike in material.alike.items():
            name = material.facts.name(seed, speech.tags)
            did = "because-watched" if seed in watched else "because-liked"
            yield Row(
                self.kind,
                f"{BECAUSE}{material.facts.titles.ids.values[seed]}",
                speech.words.rows[did].format(name=name),
                speech.words.reasons["because"].format(name=name),
                "similar",
                alike.take(material.fresh[alike.ids]),
            )


class HiddenGems(Kind):
    """Picks that few watch.

    Attributes
    ----------
    share : float
        How large a part of the picks counts as watched by few, in (0, 1).
    """

    kind: Literal["hidden-gems"]
    share: float = Field(default=0.33, gt=0, lt=1)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row, if anything is known of the viewer."""
        if not material.personal or not len(material.picks):
            return
        known = material.popularity[material.picks.ids]
        few = known <= np.quantile(known, self.share)
        words = material.speech.words
        name, why = words.rows[self.kind], words.reasons[self.kind]
        yield Row(self.kind, self.kind, name, why, "hybrid", material.picks.take(few))


class Genre(Kind):
    """A favourite genre; of one who watched nothing, the crowd's.

    Attributes
    ----------
    tried : int
        How many of the favourites.
    """

    kind: Literal["genre"]
    tried: int = Field(default=8, ge=1, le=100)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose a row for each genre."""
        history, genres, ranked = material.history, material.facts.genres, material.ranked
        known = genres.favourites(history.titles, history.weights)
        ids = material.crowd.ids
        found = known or genres.favourites(ids, np.ones(len(ids), np.float32))
        for name, share in found[: self.tried]:
            of_it, words = genres.having(name), material.speech.words
            shown = words.genre(name)
            yield Row(
                self.kind,
                "genre-" + "-".join(name.lower().split()),
                shown,
                words.of_genre(shown, share if known else 0.0),
                "genre",
                ranked.take(of_it[ranked.ids]),
                open_to=of_it,
            )
