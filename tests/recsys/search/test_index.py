"""An index is whole or not there, always the same of the same titles, and refused where it is broken."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recsys.errors import BusyError, InputError
from recsys.search import kept
from recsys.search.index import Index, build
from tests.recsys.search.catalogs import Searched, named, table

NAMES = [
    f"The {word} of {place}"
    for word in ("Song", "Road", "Last Day")
    for place in ("Rome", "Oslo", "Lima")
]


def test_the_order_of_rows_changes_no_answer(tmp_path: Path) -> None:
    catalog = named(*NAMES)
    one = Searched(tmp_path / "one", catalog)
    other = Searched(tmp_path / "other", catalog.take(pa.array(range(len(NAMES)))[::-1]))
    for question in ("the", "song", "of", "rome", "the raod of", "oslo last"):
        assert one.find(question) == other.find(question)


def test_the_same_titles_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        build(named(*NAMES), tmp_path / name)
    files = sorted(
        path.relative_to(tmp_path / "one")
        for path in (tmp_path / "one").rglob("*")
        if path.is_file()
    )
    assert len(files) > 5
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "other" / path).read_bytes(), (
            path
        )


def test_an_empty_catalog_has_an_index_that_finds_nothing(tmp_path: Path) -> None:
    assert Searched(tmp_path, named()).find("anything") == []


@pytest.mark.parametrize(
    "broken", ["entries.arrow", "lexicon.arrow", "starts.arrow", "words/meta.json"]
)
def test_a_broken_index_is_refused(tmp_path: Path, broken: str) -> None:
    build(named(*NAMES), tmp_path / "index")
    (tmp_path / "index" / broken).write_bytes(b"no such thing")
    with pytest.raises(InputError):
        Index.open(tmp_path / "index")
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(InputError):
        Index.open(tmp_path / "index")


def test_a_table_that_is_none_of_titles_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    twice = table({"title_id": "a"}, {"title_id": "a"})
    for bad in (pa.table({"x": [1]}), twice):
        with pytest.raises(InputError):
            build(bad, tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_an_index_is_made_once_for_a_catalog_and_the_oldest_goes(tmp_path: Path) -> None:
    catalog, root = tmp_path / "titles.parquet", tmp_path / "search"
    made = []
    for number in range(4):
        pq.write_table(named(*NAMES, f"New {number}"), catalog)
        made.append(kept.ensure(catalog, root))
        facts = made[-1].stat()
        assert kept.ensure(catalog, root) == made[-1]
        assert made[-1].stat() == facts, "nothing was made again"
    assert {path.name for path in root.iterdir()} == {made[2].name, made[3].name, kept.LOCK}
    assert kept.newest(root) == made[3]


def test_one_at_a_time_makes_an_index(tmp_path: Path) -> None:
    catalog = tmp_path / "titles.parquet"
    pq.write_table(named(*NAMES), catalog)
    (tmp_path / "search").mkdir()
    with kept._alone(tmp_path / "search" / kept.LOCK), pytest.raises(BusyError):
        kept.ensure(catalog, tmp_path / "search")


@pytest.mark.parametrize("content", [None, b"", b"PAR1 no such thing"])
def test_a_file_that_is_no_catalog_is_told_as_such(tmp_path: Path, content: bytes | None) -> None:
    catalog = tmp_path / "titles.parquet"
    if content is not None:
        catalog.write_bytes(content)
    command = [sys.executable, "-m", "recsys.search", str(catalog), str(tmp_path / "search")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "expected a file of titles" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_maker_leaves_nothing_that_anyone_opens(tmp_path: Path) -> None:
    catalog, root = tmp_path / "titles.parquet", tmp_path / "search"
    pq.write_table(named(*(f"Number {one}" for one in range(60_000))), catalog)
    command = [sys.executable, "-m", "recsys.search", str(catalog), str(root)]
    with subprocess.Popen(command) as maker:
        while maker.poll() is None and not list(root.glob(f"{kept.PARTIAL}*/*")):
            time.sleep(0.01)
        assert maker.poll() is None, "it was quicker than the test"
        maker.kill()
    assert kept.newest(root) is None
    Index.open(kept.ensure(catalog, root))
    assert not list(root.glob(f"{kept.PARTIAL}*"))


def test_a_title_is_found_by_its_names_in_other_languages(tmp_path: Path) -> None:
    said = [{"language": "nb", "name": "Den blå døren", "description": None}]
    searched = Searched(
        tmp_path,
        table(
            {"title_id": "door", "name": "The Blue Door", "translations": said},
            {"title_id": "floor", "name": "The Blue Floor"},
            {"title_id": "house", "title_type": "series", "name": "House"},
            {"title_id": "e1", "title_type": "episode", "series_id": "house", "name": "Inside"}
            | {"translations": [{"language": "de", "name": "Drinnen", "description": None}]},
        ),
    )
    for question in ("den blå døren", "blå dør", "den blaa doren", "blue door"):
        assert searched.find(question)[0] == "door", question
    assert searched.find("drinnen") == ["house"]


def test_a_catalog_without_translations_is_indexed_as_it_was(tmp_path: Path) -> None:
    catalog = named(*NAMES)
    one = Searched(tmp_path / "one", catalog.drop_columns("translations"))
    other = Searched(tmp_path / "other", catalog)
    assert one.find("song of rome") == other.find("song of rome")
