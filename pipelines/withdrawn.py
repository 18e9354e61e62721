"""Titles that staff took down: named beside the raw catalog, and closed to everybody right of the gate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.files import atomic_file, read_json
from recsys.schema import TIME

NAME: Final = "withdrawn.json"
"""Lies in ``raw/``. The rows of the titles stay as they are there, for the day they come back."""

_REMOVE: Final = "Remove it: the next night writes it again"
_LONG_AGO: Final = pa.scalar(datetime(1970, 1, 1, tzinfo=UTC), TIME)


def read(raw: Path) -> list[str]:
    """Return the ids of the titles that are taken down, as the last night found them.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    path = raw / NAME
    return list(read_json(path, _REMOVE)["titles"]) if path.is_file() else []


def write(raw: Path, title_ids: Sequence[str]) -> None:
    """Write the ids of the titles that are taken down."""
    with atomic_file(raw / NAME, mode=0o600) as beside:
        beside.write_text(json.dumps({"titles": sorted(title_ids)}, indent=1) + "\n")


def closed(titles: pa.Table, title_ids: Sequence[str]) -> pa.Table:
    """Return a table of TITLES in which some are shown to nobody, nor the episodes of a series among them."""
    if not title_ids:
        return titles
    ids = pa.array(title_ids, pa.string())
    gone = pc.or_(*(pc.is_in(titles[name], value_set=ids) for name in ("title_id", "series_id")))
    at = titles.column_names.index("available_until")
    until = pc.if_else(gone, _LONG_AGO, titles["available_until"])
    return titles.set_column(at, titles.schema.field(at), until)
