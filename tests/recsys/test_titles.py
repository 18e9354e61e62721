"""The catalog is aligned with the internal ids, and episodes are stood for by their series."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recsys.errors import InputError
from recsys.ids import IdMap
from recsys.schema import TITLES
from recsys.titles import Titles


def table(*rows: tuple[str, str]) -> pa.Table:
    records = [{"title_id": title, "title_type": kind, "name": title} for title, kind in rows]
    return pa.Table.from_pylist(records, schema=TITLES)


def test_row_i_is_internal_id_i() -> None:
    titles = Titles.from_table(table(("c", "movie"), ("a", "series"), ("b", "live")))
    assert titles.table["title_id"].to_pylist() == ["a", "b", "c"]
    assert titles.table["title_type"].to_pylist() == ["series", "live", "movie"]
    assert titles.ids == IdMap(["a", "b", "c"])


def test_episodes_are_left_out() -> None:
    titles = Titles.from_table(table(("s", "series"), ("s1", "episode"), ("s2", "episode")))
    assert titles.table["title_id"].to_pylist() == ["s"]


def test_an_id_that_comes_twice_is_refused() -> None:
    with pytest.raises(InputError, match="1 repeated ids"):
        Titles.from_table(table(("a", "movie"), ("a", "movie")))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match=r"none of \['genres'\]"):
        Titles.from_table(table(("a", "movie")).drop_columns("genres"))


def test_bare_titles_have_ids_and_nothing_else() -> None:
    titles = Titles.bare(IdMap(["b", "a"]))
    assert titles.table.schema == TITLES
    assert titles.table["name"].to_pylist() == ["a", "b"]
    assert titles.table["description"].null_count == 2


def test_a_catalog_is_read_from_parquet(tmp_path: Path) -> None:
    pq.write_table(table(("b", "movie"), ("a", "movie")), tmp_path / "titles.parquet")
    assert Titles.read(tmp_path / "titles.parquet").ids == IdMap(["a", "b"])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"titles\.parquet"):
        Titles.read(tmp_path / "titles.parquet")


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    (tmp_path / "titles.parquet").write_text("no")
    with pytest.raises(InputError, match=r"titles\.parquet.*Parquet"):
        Titles.read(tmp_path / "titles.parquet")
