"""Rows of micro-genres."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
from pydantic import Field

from recsys.page.kinds.kind import Kind
from recsys.page.material import Material
from recsys.page.ranked import Row

LONGEST: Final = 80
"""Characters of a name that an id shows."""


def row_id(name: str) -> str:
    """Return the id of a group's row: the same for the same name, and another for any other.

    Examples
    --------
    >>> row_id("Crime: harbour and café")
    'micro-crime-harbour-and-cafe-1c26b4'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain)
    digest = hashlib.blake2b(name.encode(), digest_size=3).hexdigest()
    return f"micro-{'-'.join(words)[:LONGEST]}-{digest}"


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
            name, words = micro.names[group], material.speech.words
            shown = words.micro_genre(name)
            ids = micro.members(group)
            ids = ids[material.fresh[ids]]
            most_watched = np.argsort(-material.popularity[ids], kind="stable")
            yield Row(
                self.kind,
                row_id(name),
                shown,
                words.of_genre(shown, share),
                "genre",
                material.ranked_first(ids[most_watched], "genre"),
            )
