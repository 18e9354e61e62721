"""How long titles are, as the catalog of the replica that answers says."""

from __future__ import annotations

from serving.bundles import Champion


class Durations:
    """Lengths of titles in seconds, read from each catalog once.

    Parameters
    ----------
    champion : Champion
    """

    def __init__(self, champion: Champion) -> None:
        self._champion = champion
        self._read: tuple[object, dict[str, float]] = (None, {})

    def __call__(self, title_id: str) -> float | None:
        """Return the length of a title; None where that is not known."""
        if (replica := self._champion.current) is None:
            return None
        mark, lengths = self._read
        if mark is not replica.mark:
            catalog = replica.recommender.catalog
            columns = (catalog[name].to_pylist() for name in ("title_id", "duration_seconds"))
            lengths = {
                title: length for title, length in zip(*columns, strict=True) if length is not None
            }
            self._read = (replica.mark, lengths)
        return lengths.get(title_id)
