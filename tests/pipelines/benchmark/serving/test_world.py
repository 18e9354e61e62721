"""The world is one that an ingest takes, with viewers of a few tastes each and a long tail."""

from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pipelines.benchmark.serving.by_hand import watched_matrix
from pipelines.benchmark.serving.crowd import MEAN_LENGTH, SHORTEST, crowd
from pipelines.benchmark.serving.world import DAYS, viewer_ids, write_world
from pipelines.ingest import ingest

TASTES = np.arange(3000) % 20


def test_histories_are_short_and_none_is_shorter_than_two() -> None:
    lengths = np.bincount(crowd(0, 5000, TASTES, DAYS).viewers, minlength=5000)
    assert lengths.min() == SHORTEST
    assert abs(lengths.mean() - MEAN_LENGTH) < 4 * lengths.std() / np.sqrt(5000)


def test_events_are_in_the_order_of_time() -> None:
    drawn = crowd(0, 500, TASTES, DAYS)
    assert (np.diff(drawn.at) >= 0).all()
    assert drawn.at[-1] < DAYS * 86_400_000_000


def test_few_titles_are_watched_much() -> None:
    counts = np.sort(np.bincount(crowd(0, 5000, TASTES, DAYS).titles, minlength=3000))[::-1]
    # With r to the power of -.9 a tenth of the titles has between a third and two thirds.
    assert 1 / 3 < counts[:300].sum() / counts.sum() < 2 / 3


def test_a_viewer_watches_what_is_to_his_taste() -> None:
    drawn = crowd(0, 2000, TASTES, DAYS)
    table = np.zeros((2000, 20))
    np.add.at(table, (drawn.viewers, TASTES[drawn.titles]), 1)
    long = table[table.sum(axis=1) >= 15]
    # The first of three tastes has four sevenths of nine tenths; by chance the largest of twenty would have a fifth.
    assert (long.max(axis=1) / long.sum(axis=1)).mean() > 0.4


def test_the_first_viewers_are_a_sample() -> None:
    drawn = crowd(0, 400, TASTES, DAYS)
    few = drawn.of_first(100)
    assert few.viewers.max() == 99
    assert len(few) == (drawn.viewers < 100).sum()
    assert (few.titles == drawn.titles[drawn.viewers < 100]).all()


def test_an_ingest_takes_all_of_it(tmp_path: Path) -> None:
    write_world(
        tmp_path / "world", tmp_path / "sample", titles=1000, viewers=300, sampled=100, seed=0
    )
    report = ingest(tmp_path / "world", tmp_path / "store")
    assert (report.bad_rows, report.viewers_read) == (0, 300)
    assert report.events_new == report.events_read
    titles = pq.read_table(tmp_path / "store" / "raw" / "titles.parquet")
    assert titles["series_id"].null_count >= 1000
    sample = ds.dataset(tmp_path / "sample" / "events").to_table()
    assert set(sample["viewer_id"].to_pylist()) <= set(viewer_ids(100).to_pylist())


def test_the_rival_by_hand_gets_every_watch(tmp_path: Path) -> None:
    write_world(
        tmp_path / "world", tmp_path / "sample", titles=1000, viewers=200, sampled=100, seed=0
    )
    ingest(tmp_path / "world", tmp_path / "store")
    raw = tmp_path / "store" / "raw"
    titles = pq.read_table(raw / "titles.parquet")["title_id"].combine_chunks()
    events = ds.dataset(tmp_path / "world" / "events").to_table(["viewer_id", "title_id"])
    pairs = set(zip(events["viewer_id"].to_pylist(), events["title_id"].to_pylist(), strict=True))
    matrix = watched_matrix(raw, viewer_ids(200), titles)
    assert matrix.sum() == len(pairs)
    few = watched_matrix(raw, viewer_ids(50), titles)
    assert few.sum() == sum(viewer < "v00000050" for viewer, _ in pairs)
