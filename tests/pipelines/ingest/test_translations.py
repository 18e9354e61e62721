"""Names in other languages go in with their title, and one that is none puts the title aside."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest import ingest
from recsys.schema import TITLES
from tests.pipelines.events import bad_rows, write_catalog, write_lines

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "in")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


NORWEGIAN = {"language": "nb", "name": "Film null", "description": "Om null."}


def test_translations_are_read_from_json_lines_and_parquet_and_stay(
    folder: Path, tmp_path: Path
) -> None:
    bare = {"language": "pt-BR", "name": "Filme", "description": None}
    row = {
        "title_id": "t",
        "title_type": "movie",
        "name": "Film",
        "translations": [NORWEGIAN, bare],
    }
    other = write_catalog(tmp_path / "other")
    write_lines(folder / "more.jsonl", [row])
    pq.write_table(pa.Table.from_pylist([row], schema=TITLES), other / "more.parquet")
    for place, store in ((folder, tmp_path / "one"), (other, tmp_path / "two")):
        ingest(place, store, now=NOW)
        titles = pq.read_table(store / "raw" / "titles.parquet").to_pylist()
        held = {title["title_id"]: title["translations"] for title in titles}
        assert held["t"] == [NORWEGIAN, bare]
        assert held["title-0"] is None


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ([NORWEGIAN | {"language": "norsk"}], "each a language"),
        ([NORWEGIAN | {"language": "pt_BR"}], "each a language"),
        ([NORWEGIAN | {"language": None}], "each a language"),
        ([NORWEGIAN, NORWEGIAN | {"language": "de", "name": ""}], "each a name"),
        ([NORWEGIAN | {"name": None}], "each a name"),
        ([NORWEGIAN | {"name": "x" * 501}], "each a name"),
        ([NORWEGIAN | {"name": "a\nb"}], "each a name"),
        ([NORWEGIAN | {"description": "x" * 20_001}], "descriptions of at most"),
        ([NORWEGIAN, NORWEGIAN | {"name": "Again"}], "each language once"),
        ("Film null", "expected a list"),
    ],
)
def test_a_translation_that_is_none_puts_its_title_aside(
    folder: Path, store: Path, wrong: Any, reason: str
) -> None:
    rows = [{"title_id": f"m{n}", "title_type": "movie", "name": f"M {n}"} for n in range(200)]
    rows[7]["translations"] = wrong
    write_lines(folder / "more.jsonl", rows)
    assert ingest(folder, store, now=NOW).titles_read == 204
    (bad,) = bad_rows(store, "more.jsonl")
    assert bad["line"] == 8
    assert bad["reason"].startswith("translations: ")
    assert reason in bad["reason"]
