"""What staff send, and what they are told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from serving.contracts import Contract, Identifier, Language, Moment, Query, Region, Reply, Text

MOST_LISTED: Final = 1000
"""Lines of one kind in the answer to an import; the counts are of all."""

TAKEDOWN: Final[dict[str, Any]] = {"reason": "The licence ended early"}
ROW: Final[dict[str, Any]] = {
    "name": "Films of the north",
    "reason": "Chosen by our editors",
    "names": {"nb": "Filmer fra nord"},
    "titles": ["t0007", "t0042"],
    "ends": "2027-01-01T00:00:00Z",
    "regions": ["NO", "SE"],
}
PROMOTION: Final[dict[str, Any]] = {
    "name": "Autumn originals",
    "filter": 'genre = "Drama" and release_year >= 2024',
    "share": 0.1,
    "starts": "2026-10-01T00:00:00Z",
    "ends": "2026-12-01T00:00:00Z",
}
REFUSED: Final[dict[str, Any]] = {
    "line": 7,
    "contentId": "t0007",
    "field": "release_year",
    "expected": "a whole number",
    "got": "next year",
}

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
ShortText = Annotated[Text, Field(min_length=1)]


class AskedToImport(Query):
    """How a file of titles is taken."""

    dry_run: Annotated[
        bool, Field(examples=[True], description="say what would change, and change nothing")
    ] = False


class AskedForChanges(Query):
    """Which changes are asked for."""

    content_id: Annotated[Identifier | None, Field(examples=["t0007"])] = None
    limit: Annotated[int, Field(ge=1, le=1000, examples=[100])] = 100


class Line(Reply):
    """A line of the file that was refused, or that something is to be said of."""

    line: int
    """Of a text file from 1, of a Parquet file the row from 0."""
    content_id: str | None
    field: str
    expected: str
    got: Any


class FieldChange(Reply):
    """One field that is other than it was."""

    field: str
    before: Any
    after: Any


class TitleChange(Reply):
    """One title that is other than it was."""

    content_id: str
    fields: list[FieldChange]


class Imported(Reply):
    """What a file changed, or would."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dryRun": True,
                    "counts": {"read": 3, "added": 1, "changed": 1, "unchanged": 0, "refused": 1},
                    "added": ["t0100"],
                    "changed": [
                        {
                            "contentId": "t0042",
                            "fields": [{"field": "maturity_rating", "before": "12", "after": "16"}],
                        }
                    ],
                    "refused": [REFUSED],
                    "notes": [],
                }
            ]
        }
    )

    dry_run: bool
    counts: dict[Literal["read", "added", "changed", "unchanged", "refused"], int]
    added: list[str]
    changed: list[TitleChange]
    refused: list[Line]
    """Lines that were left out; all others landed."""
    notes: list[Line]
    """Lines that landed, and of which something is to be said all the same."""


class Reasoned(Contract):
    """Why."""

    model_config = ConfigDict(json_schema_extra={"examples": [TAKEDOWN]})

    reason: ShortText


class Takedown(Reply):
    """Whether a title is taken down."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contentId": "t0007",
                    "takenDown": True,
                    "reason": "The licence ended early",
                    "at": "2026-05-01T20:15:00Z",
                    "by": "staff-1",
                }
            ]
        }
    )

    content_id: str
    taken_down: bool
    reason: str
    at: datetime
    by: str


class Takedowns(Reply):
    """All titles that are taken down."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"titles": []}]})

    titles: list[Takedown]


InLanguages = Annotated[dict[Language, ShortText], Field(max_length=50)]


class _Chosen(Contract):
    titles: Annotated[tuple[Identifier, ...], Field(max_length=500)] = ()
    filter: Sentence | None = None
    starts: Moment | None = None
    ends: Moment | None = None
    regions: Annotated[tuple[Region, ...], Field(max_length=300)] = ()


class EditorialRow(_Chosen):
    """A row of titles that people chose, by id in their order or by a filter."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW]})

    name: ShortText
    reason: Text | None = None
    names: InLanguages = Field(default_factory=dict)
    reasons: InLanguages = Field(default_factory=dict)
    """Both in other languages, by their tags."""
    pinned: bool = True
    """Whether a page must have it wherever it can be filled; else it comes where it is worth its place."""


class PromotedTitles(_Chosen):
    """Titles that get a share of the places in rows that recommend, and say so."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROMOTION]})

    name: ShortText
    share: Annotated[float, Field(gt=0, le=0.5)]


class Placed(Reply):
    """What is placed, by whom and since when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "row",
                    "id": "north",
                    "content": ROW,
                    "holds": True,
                    "at": "2026-05-01T20:15:00Z",
                    "by": "staff-1",
                }
            ]
        }
    )

    kind: Literal["row", "promotion"]
    id: str
    content: dict[str, Any]
    """As it was sent."""
    holds: bool
    """Whether it does at this moment."""
    at: datetime
    by: str


class Placements(Reply):
    """All that is placed, also what is over or is yet to come."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"placements": []}]})

    placements: list[Placed]


class Change(Reply):
    """Who changed what, and when."""

    kind: Literal["title", "row", "promotion"]
    id: str
    action: Literal["added", "changed", "taken-down", "restored", "placed", "removed"]
    said: dict[str, Any]
    at: datetime
    by: str


class ChangeLog(Reply):
    """The last changes, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "changes": [
                        {
                            "kind": "title",
                            "id": "t0007",
                            "action": "taken-down",
                            "said": TAKEDOWN,
                            "at": "2026-05-01T20:15:00Z",
                            "by": "staff-1",
                        }
                    ]
                }
            ]
        }
    )

    changes: list[Change]
