"""Many pages at once, for e-mail and push: a Parquet file of viewers in, one of their pages out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from recsys.schema import LONGEST_ID
from serving import wording
from serving.recommendations.contracts import Asked, Home
from serving.refusals import BatchError

MEDIA_TYPE: Final = "application/vnd.apache.parquet"
MOST_VIEWERS: Final = 1000
"""Of one request, which takes some twenty seconds on one core."""
LARGEST: Final = 10_000_000
"""Bytes that a file may unfold to."""
UNREADABLE: Final = (pa.ArrowException, OSError, ValueError, OverflowError)
"""What comes of bytes that are no Parquet, of text that is no UTF-8, and of times that no calendar has."""
COLUMNS: Final = ("viewer_id", "region", "maximum_age", "device_type", "language")
"""What may be said of each viewer; only the first must."""

PAGES: Final = pa.schema(
    [
        ("viewer_id", pa.string()),
        ("recommendation_id", pa.string()),
        ("bundle_id", pa.string()),
        ("degraded", pa.list_(pa.string())),
        ("row_rank", pa.int32()),
        ("row_id", pa.string()),
        ("name", pa.string()),
        ("item_rank", pa.int32()),
        ("title_id", pa.string()),
        ("score", pa.float64()),
        ("source", pa.string()),
        ("reason", pa.string()),
        ("propensity", pa.float64()),
    ]
)
"""What is answered: a line for each title on each page, in their order."""


def asked(body: bytes) -> list[Asked]:
    """Read who asks.

    Raises
    ------
    BatchError
        If it is no Parquet file, or not what is expected of it.
    """
    try:
        rows = _read(body).to_pylist()
    except UNREADABLE as error:
        raise _wrong("a Parquet file", str(error)[:200]) from None
    return [_asked(row, at) for at, row in enumerate(rows)]


def _read(body: bytes) -> pa.Table:
    buffer = pa.BufferReader(body)
    file = pq.ParquetFile(buffer)
    names = file.schema_arrow.names
    if "viewer_id" not in names or (unknown := sorted(set(names) - set(COLUMNS))):
        got = names if "viewer_id" not in names else unknown
        raise _wrong(f"columns viewer_id and perhaps {', '.join(COLUMNS[1:])}", got)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong("each column once", twice)
    _check_size(file.metadata)
    # As dictionaries, so that one long text said a thousand times is held once.
    words = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    table = pq.ParquetFile(buffer, read_dictionary=words).read()
    _check_lengths(table)
    return table


def _check_size(facts: pq.FileMetaData) -> None:
    """Refuse what would unfold to more than may be asked, before it does."""
    if not 0 < facts.num_rows <= MOST_VIEWERS:
        raise _wrong(f"1 to {MOST_VIEWERS} viewers", facts.num_rows)
    groups = [facts.row_group(at) for at in range(facts.num_row_groups)]
    if (unfolded := sum(group.total_byte_size for group in groups)) > LARGEST:
        raise _wrong(f"at most {LARGEST:,} bytes when unfolded", unfolded)


def _check_lengths(table: pa.Table) -> None:
    for name in table.column_names:
        for chunk in table[name].chunks:
            words = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
            if (
                pa.types.is_string(words.type)
                and (pc.max(pc.utf8_length(words)).as_py() or 0) > LONGEST_ID
            ):
                raise _wrong(f"texts of at most {LONGEST_ID} characters", "a longer one", name)


def _asked(row: dict[str, Any], at: int) -> Asked:
    if row["viewer_id"] is None:
        raise _wrong("a viewer", None, f"{at}.viewer_id")
    said = {"viewerId": row["viewer_id"]}
    said |= {"region": row.get("region"), "maximumAge": row.get("maximum_age")}
    said |= {"deviceType": row.get("device_type"), "language": row.get("language")}
    try:
        return Asked.model_validate(said, strict=True)
    except ValidationError as error:
        first: dict[str, Any] = dict(error.errors()[0])
        place = wording.place(first["loc"])
        raise _wrong(wording.expected(first), first["input"], f"{at}.{place}") from None


def answered(viewers: Iterable[Asked], home: Callable[[Asked], Home]) -> bytes:
    """Return the pages of viewers as a Parquet file."""
    lines = [line for viewer in viewers for line in _lines(viewer, home(viewer))]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(lines, PAGES), sink)
    return sink.getvalue().to_pybytes()


def _lines(viewer: Asked, page: Home) -> Iterator[dict[str, Any]]:
    about = {
        "viewer_id": viewer.viewer_id,
        "recommendation_id": page.recommendation_id,
        "bundle_id": page.bundle_id,
        "degraded": page.degraded,
    }
    for row in page.rows:
        place = about | {"row_rank": row.row_rank, "row_id": row.row_id, "name": row.name}
        for item in row.items:
            yield place | {
                "item_rank": item.item_rank,
                "title_id": item.content_id,
                "score": item.score,
                "source": item.source,
                "reason": item.reason,
                "propensity": item.propensity,
            }


def _wrong(expected: str, got: object, where: str = "body") -> BatchError:
    return BatchError(expected=expected, got=got, where=where)
