"""A world is the same bytes for the same arguments, of the declared schemas, inside its window."""

import hashlib
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from rich.progress import Progress

from pipelines.world import make
from pipelines.world.almanac import START
from recsys.errors import ConfigError
from recsys.schema import EVENTS, MATURITY_AGES, TITLES, VIEWERS, EventType
from tests.pipelines.world.made import SMALL, Made


def digests(directory: Path) -> dict[str, str]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_same_arguments_give_the_same_bytes(small: Made, tmp_path: Path) -> None:
    make(tmp_path / "again", seed=7, **SMALL)
    assert digests(tmp_path / "again") == digests(small.directory)


def test_another_seed_gives_another_world(small: Made, tmp_path: Path) -> None:
    with Progress(disable=True) as progress:
        make(tmp_path / "other", seed=8, **SMALL, progress=progress)
        assert [task.completed == task.total for task in progress.tasks] == [True, True, True]
    theirs = digests(tmp_path / "other")
    assert theirs["titles.parquet"] != digests(small.directory)["titles.parquet"]


def test_every_table_has_its_schema(small: Made) -> None:
    assert pq.read_schema(small.directory / "titles.parquet").equals(TITLES)
    assert pq.read_schema(small.directory / "viewers.parquet").equals(VIEWERS)
    for path in sorted((small.directory / "events").iterdir()):
        assert pq.read_schema(path).equals(EVENTS)


def test_there_is_one_file_a_day_and_it_holds_that_day_alone(small: Made) -> None:
    files = sorted((small.directory / "events").iterdir())
    assert len(files) == SMALL["days"]
    for path in files:
        times = pq.read_table(path, columns=["occurred_at"])["occurred_at"].to_pandas()
        assert set(times.dt.strftime("%Y-%m-%d")) == {path.stem}
        assert times.is_monotonic_increasing


def test_every_event_lies_inside_the_window(small: Made) -> None:
    times = small.events["occurred_at"]
    assert times.min() >= pd.Timestamp(START)
    assert times.max() < pd.Timestamp(START) + pd.Timedelta(days=SMALL["days"])


def test_event_ids_are_distinct_and_every_kind_of_event_happens(small: Made) -> None:
    assert small.events["event_id"].is_unique
    assert (
        small.events["event_id"]
        .str.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        .all()
    )
    assert set(small.events["event_type"]) == set(EventType)


def test_events_name_known_viewers_and_titles(small: Made) -> None:
    assert set(small.events["viewer_id"]) <= set(small.viewers.index)
    named = small.events.dropna(subset="title_id")
    assert set(named["title_id"]) <= set(small.titles.index)
    assert set(small.events[small.events["title_id"].isna()]["event_type"]) == {EventType.SEARCH}


def test_only_a_search_has_words_and_everything_has_an_address_reserved_for_documentation(
    small: Made,
) -> None:
    assert small.events["query"].notna().equals(small.events["event_type"] == EventType.SEARCH)
    reserved = r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+|2001:db8:[0-9a-f:]+"
    assert small.events["client_address"].str.fullmatch(reserved).all()
    assert small.events["device_id"].notna().all()


def test_titles_count_as_asked_and_ratings_are_known(small: Made) -> None:
    assert len(small.titles) == SMALL["titles"]
    assert small.titles["title_id"].is_unique
    assert set(small.titles["maturity_rating"]) == set(MATURITY_AGES)
    assert small.titles[small.titles["title_type"] != "episode"]["name"].is_unique


def test_episodes_are_numbered_without_gaps(small: Made) -> None:
    episodes = small.titles[small.titles["title_type"] == "episode"]
    for series, own in episodes.groupby("series_id"):
        assert small.titles.loc[series, "title_type"] == "series"
        numbers = list(zip(own["season_number"], own["episode_number"], strict=True))
        assert numbers == [(k // 8 + 1, k % 8 + 1) for k in range(len(own))]
        assert own["name"].is_unique


@pytest.mark.parametrize("wrong", [{"titles": 199}, {"viewers": 0}, {"days": 6}, {"seed": -1}])
def test_a_world_too_small_to_live_in_is_refused(wrong: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"world.{next(iter(wrong))}: expected at least"):
        make(tmp_path / "none", **wrong)
    assert list(tmp_path.iterdir()) == []
