"""What a file of titles changes: each of its rows beside what the catalog has, and beside the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from recsys.schema import TITLES, TitleType
from serving import wording
from serving.staff.contracts import FieldChange, Line, TitleChange
from serving.staff.files import Given, refusal

Row = dict[str, Any]
"""A title by the names of TITLES."""

_EMPTY: Final[Row] = dict.fromkeys(TITLES.names)


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the catalog has of the titles that a file speaks of.

    Attributes
    ----------
    rows : mapping of str to Row
        Those that it has already.
    series : frozenset of str
        Of the series that the file's episodes name, those that are there.
    played : frozenset of str
        Of the file's series, those that have an episode.
    """

    rows: Mapping[str, Row]
    series: frozenset[str]
    played: frozenset[str]


@dataclass(slots=True)
class Difference:
    """What a file would change."""

    added: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, list[FieldChange]]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)

    @property
    def landed(self) -> list[Row]:
        """The titles as they are to be."""
        return [*self.added, *(row for row, _ in self.changed)]

    def told(self) -> list[TitleChange]:
        """Return what changes, title by title."""
        return [
            TitleChange(content_id=row["title_id"], fields=fields) for row, fields in self.changed
        ]


def difference(given: Sequence[Given], catalog: Catalog) -> Difference:
    """Return what the rows of a file change; series come before their episodes, wherever they stand."""
    found = Difference()
    series: dict[str, int] = {}
    episodes: set[str] = set()
    later: list[tuple[Given, Row]] = []
    for one in given:
        whole = {**_EMPTY, **catalog.rows.get(one.title.title_id, {}), **one.said}
        if whole["series_id"] is not None:
            later.append((one, whole))
        elif _lands(one, whole, catalog, found) and whole["title_type"] == TitleType.SERIES:
            series[one.title.title_id] = one.line
    known = catalog.series | set(series)
    for one, whole in later:
        if whole["series_id"] not in known:
            _refuse(found, one, "series_id", "a series of the catalog or the file", whole)
        elif _lands(one, whole, catalog, found):
            episodes.add(whole["series_id"])
    for title_id, line in series.items():
        if title_id not in episodes and title_id not in catalog.played:
            expected = "a series of which an episode is in the file or the catalog"
            found.notes.append(refusal(line, title_id, "title_id", expected, "none"))
    found.refused.sort(key=lambda one: one.line)
    return found


def table_of(rows: Sequence[Row]) -> pa.Table:
    """Return titles as a table of TITLES."""
    return pa.Table.from_pylist(list(rows), schema=TITLES)


def _lands(one: Given, whole: Row, catalog: Catalog, found: Difference) -> bool:
    if (fault := _fault(whole)) is not None:
        _refuse(found, one, *fault, whole)
        return False
    before = catalog.rows.get(one.title.title_id)
    if before is None:
        found.added.append(whole)
        return True
    changes = [
        FieldChange(
            field=name, before=wording.shown(before[name]), after=wording.shown(whole[name])
        )
        for name in TITLES.names
        if not _same(before[name], whole[name])
    ]
    if changes:
        found.changed.append((whole, changes))
    else:
        found.unchanged += 1
    return True


def _fault(whole: Row) -> tuple[str, str] | None:
    """Return the field that does not go with the others, and what it should be."""
    for name in ("title_type", "name"):
        if whole[name] is None:
            return name, "a value"
    if whole["title_type"] == TitleType.EPISODE and whole["series_id"] is None:
        return "series_id", "a series, since this is an episode"
    begins, ends = whole["available_from"], whole["available_until"]
    if begins is not None and ends is not None and ends < begins:
        return "available_until", "a time that is not before available_from"
    return None


def _refuse(found: Difference, one: Given, name: str, expected: str, whole: Row) -> None:
    got = whole[name]
    found.refused.append(refusal(one.line, one.title.title_id, name, expected, got))


def _same(before: Any, after: Any) -> bool:
    """Return whether two values say the same; a list without anything says as little as none."""
    empty: tuple[Any, ...] = (None, [])
    return (before in empty and after in empty) or before == after
