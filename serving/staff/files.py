"""Files of titles, read row by row: whatever is wrong with one row is said of that row, and the others go on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from serving import wording
from serving.refusals import ImportFileError
from serving.staff.contracts import Line
from serving.staff.given import KNOWN, GivenTitle, of_arrow, of_cells, of_json

CSV: Final = "text/csv"
JSONL: Final = "application/x-ndjson"
PARQUET: Final = "application/vnd.apache.parquet"

MOST_ROWS: Final = 100_000
Rows = Iterator[tuple[int, dict[str, Any] | Line]]
"""Rows by their line, and those that are none with what is wrong with them."""

LARGEST: Final = 300_000_000
"""Bytes that a Parquet file may unfold to."""
LONGEST_CELL: Final = 200_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Given:
    """A row that is what a title must be, as far as one row can tell."""

    line: int
    title: GivenTitle

    @property
    def said(self) -> dict[str, Any]:
        """What the row says, by column."""
        return self.title.model_dump(include=self.title.model_fields_set)


def read(media_type: str, body: bytes) -> tuple[list[Given], list[Line]]:
    """Read a file.

    Returns
    -------
    good : list of Given
    refused : list of Line

    Raises
    ------
    ImportFileError
        If it is no such file, has a column that no title has, or is too long.
    """
    readers: dict[str, Callable[[bytes], Rows]] = {CSV: _csv, JSONL: _jsonl, PARQUET: _parquet}
    if (rows := readers.get(media_type)) is None:
        raise _wrong(f"one of {', '.join(readers)}", media_type or None, "Content-Type")
    good: list[Given] = []
    refused: list[Line] = []
    seen: dict[str, int] = {}
    for count, (line, row) in enumerate(rows(body)):
        if count >= MOST_ROWS:
            raise _wrong(f"at most {MOST_ROWS:,} rows", "more")
        one = row if isinstance(row, Line) else _checked(line, row)
        if isinstance(one, Given) and (first := seen.setdefault(one.title.title_id, line)) != line:
            told = "each title once in a file"
            one = refusal(line, one.title.title_id, "title_id", told, f"again after line {first}")
        if isinstance(one, Line):
            refused.append(one)
        else:
            good.append(one)
    if not good and not refused:
        raise _wrong("rows", "none")
    return good, refused


def refusal(line: int, title_id: str | None, field: str, expected: str, got: Any) -> Line:
    """Return what is wrong with a line."""
    said = wording.shown(got)
    return Line(
        line=line,
        content_id=None if title_id is None else _sayable(title_id),
        field=_sayable(field),
        expected=expected,
        got=_sayable(said) if isinstance(said, str) else said,
    )


def _sayable(text: str) -> str:
    """Return a text without what was no letter of any encoding of ours."""
    return text.encode(errors="replace").decode()


def _checked(line: int, row: dict[str, Any]) -> Given | Line:
    try:
        return Given(line, GivenTitle.model_validate(row))
    except ValidationError as error:
        first: dict[str, Any] = dict(error.errors()[0])
        field = wording.place(first["loc"]) or "row"
        title_id = row.get("title_id")
        title_id = wording.shown(title_id) if isinstance(title_id, str) else None
        return refusal(line, title_id, field, wording.expected(first), wording.got(first))


def _csv(body: bytes) -> Rows:
    # Bytes that are no UTF-8 stay recognisable, so that the row they stand in is refused and no other.
    text = body.decode("utf-8-sig", errors="surrogateescape")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(LONGEST_CELL)
    before = 1
    try:
        names = next(lines, [])
        _check_columns(names)
        while True:
            before = lines.line_num + 1
            cells = next(lines)
            if not cells:
                continue  # an empty line is no row
            if len(cells) != len(names):
                told = f"{len(names)} cells, as the first line has"
                yield before, refusal(before, None, "row", told, len(cells))
            else:
                yield before, of_cells(dict(zip(names, cells, strict=True)))
    except StopIteration:
        return
    except csv.Error as error:
        raise _wrong("a CSV file with its quotes closed", str(error), f"line {before}") from None


def _check_columns(names: list[str]) -> None:
    unknown = sorted(set(names) - KNOWN)
    if "title_id" not in names or unknown:
        got = ", ".join(unknown or names)[:200].encode(errors="replace").decode()
        raise _wrong(f"columns title_id and perhaps {', '.join(sorted(KNOWN))}", got, "columns")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong("each column once", ", ".join(twice), "columns")


def _jsonl(body: bytes) -> Rows:
    for at, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode(), object_pairs_hook=_once)
        except UnicodeDecodeError:
            yield at, refusal(at, None, "row", "text in UTF-8", line[:60])
        except _TwiceError as error:
            yield at, refusal(at, None, error.args[0], "one value", "several")
        except (ValueError, RecursionError):
            yield at, refusal(at, None, "row", "a JSON object", line[:60])
        else:
            if isinstance(row, dict):
                yield at, of_json(row)
            else:
                yield at, refusal(at, None, "row", "a JSON object", row)


class _TwiceError(Exception):
    """A key that comes twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return row


def _parquet(body: bytes) -> Rows:
    try:
        file = pq.ParquetFile(pa.BufferReader(body))
        _check_columns(file.schema_arrow.names)
        _check_size(file.metadata)
        at = 0
        for batch in file.iter_batches(1000):
            for row in batch.to_pylist():
                yield at, of_arrow(row)
                at += 1
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _wrong("a whole Parquet file", str(error)[:200].partition("\n")[0]) from None


def _check_size(facts: pq.FileMetaData) -> None:
    """Refuse what would unfold to more than may be sent, before it does."""
    if facts.num_rows > MOST_ROWS:
        raise _wrong(f"at most {MOST_ROWS:,} rows", facts.num_rows)
    groups = [facts.row_group(at) for at in range(facts.num_row_groups)]
    if (unfolded := sum(group.total_byte_size for group in groups)) > LARGEST:
        raise _wrong(f"at most {LARGEST:,} bytes when unfolded", unfolded)


def _wrong(expected: str, got: object, where: str = "body") -> ImportFileError:
    return ImportFileError(expected=expected, got=got, where=where)
