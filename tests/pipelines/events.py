"""Small events of our schema, to be changed field by field."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from recsys.schema import EVENTS


def event(number: int, **fields: Any) -> dict[str, Any]:
    """Viewer ``number % 10`` completes title ``number // 10 % 5`` on the first of May, a second apart."""
    row = {
        "event_id": str(uuid.UUID(int=number)),
        "event_type": "complete",
        "viewer_id": f"viewer-{number % 10}",
        "title_id": f"title-{number // 10 % 5}",
        "occurred_at": f"2026-05-01T20:{number // 60 % 60:02}:{number % 60:02}Z",
    }
    return {name: value for name, value in (row | fields).items() if value is not ...}


def write_lines(path: Path, rows: Iterable[dict[str, Any] | str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(line + "\n" for line in lines))
    return path


def write_catalog(folder: Path, **consent: bool) -> Path:
    """Write five movies and ten viewers who consent, unless told otherwise (``viewer_3=False``)."""
    titles = [
        {"title_id": f"title-{n}", "title_type": "movie", "name": f"Film {n}"} for n in range(5)
    ]
    write_lines(folder / "titles.jsonl", titles)
    viewers = [
        {"viewer_id": f"viewer-{n}", "consent": consent.get(f"viewer_{n}", True)} for n in range(10)
    ]
    write_lines(folder / "viewers.jsonl", viewers)
    return folder


def write_parquet(path: Path, rows: list[dict[str, Any]], schema: pa.Schema = EVENTS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {f.name: [row.get(f.name) for row in rows] for f in schema}
    times = {f.name for f in schema if pa.types.is_timestamp(f.type)}
    arrays = [
        pa.array(values, pa.string()).cast(schema.field(name).type)
        if name in times
        else pa.array(values, schema.field(name).type)
        for name, values in columns.items()
    ]
    pq.write_table(pa.table(arrays, schema=schema), path)
    return path


def content(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def bad_rows(store: Path, name: str) -> list[dict[str, Any]]:
    """What an ingest put aside of one kind of file."""
    text = (store / "raw" / "quarantine" / f"{name}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]
