"""The world has as many titles and episodes as it is asked for, each of a series that is there."""

from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from pipelines.benchmark.search.questions import SHARES, Questions, paths
from pipelines.benchmark.search.world import write_store
from recsys.schema import EVENTS, TITLES
from recsys.titles import Titles


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("world")
    write_store(store, titles=300, episodes=2000, viewers=50, seed=0, told=lambda _: None)
    return store / "raw"


def test_titles_and_episodes_are_those_of_a_catalog(raw: Path) -> None:
    table = pq.read_table(raw / "titles.parquet")
    assert table.schema.equals(TITLES)
    episodes = table.filter(ds.field("title_type") == "episode")
    titles = Titles.from_table(table)
    assert len(episodes) == 2000
    assert len(titles) == pytest.approx(300, abs=3)
    assert set(episodes["series_id"].to_pylist()) <= set(titles.ids.values)
    assert len(set(table["title_id"].to_pylist())) == len(table)


def test_events_are_as_an_ingest_leaves_them(raw: Path) -> None:
    files = sorted((raw / "events").glob("day=*/part-0.parquet"))
    assert files
    for path in files:
        assert pq.read_table(path, partitioning=None).schema.equals(EVENTS)


def test_questions_are_of_every_kind_and_each_its_own_path(raw: Path) -> None:
    assert sum(SHARES.values()) == pytest.approx(1)
    drawn = Questions.of(pq.read_table(raw / "titles.parquet"), 0)
    asked = drawn.some(300)
    assert len(set(asked)) > 200
    made = paths(asked, ["v1", "v2"], suggest=True)
    assert len(made) == 300
    assert all(path.startswith("/api/search?q=") and "suggest=true" in path for path in made)
    text, title_id = drawn.mistyped()
    assert text != drawn.name_of(title_id)
    assert np.all([len(drawn.begun()) >= 1 for _ in range(50)])
