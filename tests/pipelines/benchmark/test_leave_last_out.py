"""The last title of a history is to be found, in the order that the data say."""

import hashlib
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from threadpoolctl import threadpool_limits
from typer.testing import CliRunner

from pipelines.benchmark.leave_last_out import load
from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.run import run
from recsys.algorithms.ease import EASE
from recsys.cli import build
from recsys.declaration import Shelf
from recsys.errors import InputError
from recsys.evaluate import recommend
from tests.pipelines.benchmark.folders import write_sequences, write_shelf

PROTOCOL = PROTOCOLS["leave-last-out"]


def test_the_last_title_is_to_be_found_and_the_one_before_it_for_validation(tmp_path: Path) -> None:
    folder = write_sequences(tmp_path, {2: [30, 10, 20], 11: [10, 30]})
    data = load(folder)
    names = data.split.train.title_ids
    assert data.split.viewers.tolist() == ["11", "2"]
    assert names.external(data.split.held_out.titles).tolist() == ["30", "20"]
    assert names.external(data.split.histories.titles).tolist() == ["10", "30", "10"]
    validation = load(folder, part="validation")
    assert names.external(validation.split.held_out.titles).tolist() == ["10"]
    assert validation.facts["part"] == "validation"


def test_the_test_part_is_named_by_lines_in_the_order_of_numbers(tmp_path: Path) -> None:
    """2 comes before 11, which the order of text would turn round."""
    data = load(write_sequences(tmp_path, {2: [30, 10, 20], 11: [10, 30]}))
    assert data.test_sha256 == hashlib.sha256(b"2 20\n11 30").hexdigest()


def test_titles_are_described_by_movies_dat_and_by_metadata(tmp_path: Path) -> None:
    folder = write_sequences(tmp_path / "in", {1: [10, 20], 2: [10, 30]})
    (folder / "movies.dat").write_text("10::Ten (1999)::Drama|War\n20::Twenty (2001)::Comedy\n")
    metadata = {
        "movie_id": [30],
        "overview": ["About thirty."],
        "directors": [[{"name": "D"}]],
        "cast": [[{"name": "A"}]],
        "keywords": [["thirty"]],
        "year": [1930],
        "runtime_minutes": [90.0],
    }
    pq.write_table(pa.table(metadata), tmp_path / "about.parquet")
    titles = load(folder, metadata=tmp_path / "about.parquet").titles.table
    assert titles["name"].to_pylist() == ["Ten", "Twenty", "30"]
    assert titles["genres"].to_pylist() == [["Drama", "War"], ["Comedy"], None]
    assert titles["release_year"].to_pylist() == [1999, 2001, 1930]
    assert titles["description"].to_pylist() == [None, None, "About thirty."]


def test_a_folder_of_ratings_is_taken_in_the_order_of_time(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,A (1999),Drama\n2,B,\n3,C,\n")
    ratings = "userId,movieId,rating,timestamp\n1,2,4.0,1600000900\n1,1,1.0,1600000000\n"
    (tmp_path / "ratings.csv").write_text(ratings)
    data = load(tmp_path)
    assert data.split.train.title_ids.values.tolist() == ["1", "2"]
    assert data.split.train.title_ids.external(data.split.held_out.titles).tolist() == ["2"]


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"user_id": [1, 1], "position": [0, 1]}, "one more, the title's id"),
        ({"user_id": [1], "position": [0], "a": [1], "b": [1]}, "one more, the title's id"),
        ({"user_id": [1, 1], "position": [0, 0], "t": [1, 2]}, "row 1: expected each position"),
        ({"user_id": [1, 1], "position": [0, 1], "t": [1, 1]}, "row 1: expected each title"),
        ({"user_id": [1, -1], "position": [0, 0], "t": [1, 2]}, "user_id, row 1: .* at least 0"),
        ({"user_id": [1, 1], "position": [0.5, 1.5], "t": [1, 2]}, "whole numbers"),
        ({"user_id": [1.5], "position": [0], "t": [1]}, "whole numbers or text"),
        ({"user_id": [1, None], "position": [0, 1], "t": [1, 2]}, "user_id, row 1"),
        ({"user_id": [1, 1], "position": [0, None], "t": [1, 2]}, "position, row 1"),
        (
            {
                "user_id": pa.array([], pa.int64()),
                "position": pa.array([], pa.int64()),
                "t": pa.array([], pa.int64()),
            },
            "at least one row",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, columns: dict[str, object], complaint: str
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "sequences.parquet")
    with pytest.raises(InputError, match=complaint) as caught:
        load(tmp_path)
    assert "sequences.parquet" in str(caught.value)


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sequences.parquet").write_text("user_id,position\n")
    with pytest.raises(InputError, match="a Parquet file"):
        load(tmp_path)


def test_popularity_is_judged_by_arithmetic_that_can_be_redone(tmp_path: Path) -> None:
    """Popularity's order is 1, 2 (of three and two viewers), then 3, 4 by id.

    Viewer 1 knows 1 and 2 and is to find 4, which stands second after 3; viewers 2 and 3 know 1 and find 2 and 3:
    places 1 and 2. Viewer 4 knows 2 and 9, and its 1 is in the first place.
    """
    histories = {1: [2, 1, 4], 2: [1, 2], 3: [1, 3], 4: [2, 3, 4, 1]}
    folder = write_sequences(tmp_path / "in", histories)
    shelf = Shelf.of(write_shelf(tmp_path / "shelf", "popularity"))
    result = run(PROTOCOL, lambda: load(folder), ["popularity"], shelf)
    evaluation = result.trials["popularity"][1]
    # In training 1 has three viewers, 2 two, 3 and 4 one each.
    assert evaluation.values["hr@10"].tolist() == [1, 1, 1, 1]
    places = np.array([2, 1, 2, 1])
    assert evaluation.values["ndcg@10"] == pytest.approx(1 / np.log2(places + 1))


def test_the_published_test_set_and_popularity_on_it(real_data: Path, tmp_path: Path) -> None:
    data = load(real_data / "ml-1m")
    expected = "68cf72eee938068011b4c0f39c78f8c3514b9f6964e6e7218b0914e8db47d279"
    assert data.test_sha256 == expected
    assert len(data.titles) == 3706
    shelf = Shelf.of(write_shelf(tmp_path, "popularity"))
    means = run(PROTOCOL, lambda: data, ["popularity"], shelf).trials["popularity"][1].means
    assert means["hr@10"].mean == pytest.approx(0.037, abs=0.001)
    assert means["ndcg@10"].mean == pytest.approx(0.018, abs=0.001)


def test_lists_are_written_with_what_was_to_be_found(tmp_path: Path) -> None:
    folder = write_sequences(tmp_path / "in", {1: [2, 1, 4], 2: [1, 2]})
    shelf = write_shelf(tmp_path / "shelf", "popularity")
    given = ["leave-last-out", "--data", str(folder), "--models", "popularity"]
    written = tmp_path / "lists.parquet"
    answer = CliRunner().invoke(
        build(), ["benchmark", *given, "--shelf", str(shelf), "--lists", str(written)]
    )
    assert answer.exit_code == 0, answer.output
    rows = pq.read_table(written).sort_by([("viewer", "ascending"), ("rank", "ascending")])
    of = {name: rows.filter(pc.equal(rows["model"], name)) for name in ("popularity", "held-out")}
    assert of["held-out"].select(["viewer", "title", "rank"]).to_pylist() == [
        {"viewer": "1", "title": "4", "rank": None},
        {"viewer": "2", "title": "2", "rank": None},
    ]
    assert of["popularity"].select(["viewer", "rank", "title"]).to_pylist() == [
        {"viewer": "1", "rank": 1, "title": "4"},
        {"viewer": "2", "rank": 1, "title": "2"},
        {"viewer": "2", "rank": 2, "title": "4"},
    ]


def test_a_place_for_lists_that_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    given = ["leave-last-out", "--data", str(tmp_path / "none"), "--lists", str(tmp_path)]
    answer = CliRunner().invoke(build(), ["benchmark", *given])
    assert "--lists: expected a file that can be written" in str(answer.exception)


@pytest.mark.night
def test_a_hundred_titles_for_every_viewer_take_less_than_three_seconds(real_data: Path) -> None:
    """Of one core's time, so that a busy machine does not count."""
    data = load(real_data / "ml-1m")
    with threadpool_limits(1):
        model = EASE().fit(data.split.train, data.titles)
        started = time.process_time()
        ids, _ = recommend(model, data.split.histories, 100)
        seconds = time.process_time() - started
    assert ids.shape == (6040, 100)
    assert seconds < 3
