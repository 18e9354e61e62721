"""Titles as they are shown: what stands on a card, and where its artwork lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recsys.titles import Titles


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
        self._ids = titles.ids.values.tolist()
        self._names = table["name"].to_pylist()
        self._types = table["title_type"].to_pylist()
        self._genres = table["genres"].to_pylist()
        self._years = table["release_year"].to_pylist()
        self._artwork = [_address(value, present) for value in table["artwork"].to_pylist()]

    def of(self, title: int) -> dict[str, Any]:
        """Return the fields of a card by internal id."""
        return {
            "content_id": self._ids[title],
            "name": self._names[title],
            "type": self._types[title],
            "genres": self._genres[title] or [],
            "year": self._years[title],
            "artwork": self._artwork[title],
        }


def _address(artwork: str | None, present: set[str]) -> str | None:
    if not artwork:
        return None
    if artwork.startswith(("https://", "http://")):
        return artwork
    name = Path(artwork).name
    return f"/artwork/{name}" if name in present else None
