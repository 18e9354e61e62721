"""Titles as they are shown: what stands on a card, and where its artwork lies."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from recsys.titles import Titles
from recsys.translations import Translations

Face = tuple[str, str, str, list[str], int | None, str | None]
"""The fields of a ``Card``, in their order: what is made of a card has more, and hundreds are made for a page."""


@dataclass(slots=True)
class Card:
    """A title as it is shown.

    A page has hundreds: this is no model of pydantic, which would check each field of what is our own.
    """

    __pydantic_config__ = ConfigDict(alias_generator=to_camel)

    content_id: str
    name: str
    type: str
    genres: list[str]
    year: int | None
    artwork: str | None


class Cards:
    """The cards of one catalog, read once when a bundle is taken up.

    Parameters
    ----------
    titles : Titles
    artwork : Path
        The folder of posters; a title whose file is not there has none.
    """

    def __init__(self, titles: Titles, artwork: Path) -> None:
        present = {path.name for path in artwork.iterdir()} if artwork.is_dir() else set()
        table = titles.table
        columns = (
            titles.ids.values.tolist(),
            table["name"].to_pylist(),
            table["title_type"].to_pylist(),
            [genres or [] for genres in table["genres"].to_pylist()],
            table["release_year"].to_pylist(),
            [address(value, present) for value in table["artwork"].to_pylist()],
        )
        self._translations = Translations.of(table)
        self._faces: list[Face] = list(zip(*columns, strict=True))

    def of(self, title: int) -> Face:
        """Return what stands on the card of a title, by internal id."""
        return self._faces[title]

    def read_in(self, tags: Sequence[str]) -> Callable[[int], Face]:
        """Return what gives the same with the name in the first of some languages that the title has one in."""
        if not tags:
            return self.of
        name, faces = self._translations.naming(tags), self._faces

        def of(title: int) -> Face:
            face = faces[title]
            return face if (other := name(title)) is None else (face[0], other, *face[2:])

        return of


def address(artwork: str | None, present: Container[str]) -> str | None:
    """Return where a poster is to be had, if it is: elsewhere, or among the files of our own."""
    if not artwork:
        return None
    if artwork.startswith(("https://", "http://")):
        return artwork
    name = Path(artwork).name
    return f"/artwork/{name}" if name in present else None
