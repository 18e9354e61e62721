"""Rows of micro-genres."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from recsys.page import reasons
from recsys.page.kinds.kind import Kind
from recsys.page.material import Material
from recsys.page.ranked import Row


class MicroGenre(Kind):
    """A group of titles that are about the same, of which the viewer watched several.

    Attributes
    ----------
    tried : int
        How many of the favourites.
    """

    kind: Literal["micro-genre"]
    tried: int = Field(default=6, ge=1, le=100)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose a row for each group, of titles that are ranked and then of the others in it."""
        micro, history = material.facts.micro, material.history
        for group, share in micro.favourites(history.titles, history.weights)[: self.tried]:
            name = micro.names[group]
            ids = micro.members(group)
            ids = ids[material.fresh[ids]]
            most_watched = np.argsort(-material.popularity[ids], kind="stable")
            yield Row(
                self.kind,
                "micro-" + "-".join(name.lower().replace(":", "").split()),
                name,
                reasons.genre(name, share),
                "genre",
                material.ranked_first(ids[most_watched], "genre"),
            )
