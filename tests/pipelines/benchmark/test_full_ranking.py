"""Lines of numbers become histories without an order, and what is wrong is told by its line."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from pipelines.benchmark.full_ranking import load
from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.run import run
from recsys.declaration import Shelf
from recsys.errors import InputError
from tests.pipelines.benchmark.folders import write_lines, write_shelf


def test_lines_are_read_and_named_in_the_order_of_numbers(tmp_path: Path) -> None:
    data = load(write_lines(tmp_path, "10 1 12\n2 3 1\n", "2 12\n10 3 2\n"))
    names = data.split.train.title_ids
    assert data.split.viewers.tolist() == ["10", "2"]
    assert names.external(data.split.histories.titles).tolist() == ["1", "12", "1", "3"]
    assert names.external(data.split.held_out.titles).tolist() == ["2", "3", "12"]
    assert data.test_sha256 == hashlib.sha256(b"2 12\n10 2\n10 3").hexdigest()


def test_the_order_in_a_line_says_nothing(tmp_path: Path) -> None:
    one = load(write_lines(tmp_path / "one", "1 5 6 7\n2 6 5\n", "1 8\n"))
    other = load(write_lines(tmp_path / "two", "2 5 6\n1 7 5 6\n", "1 8\n"))
    assert one.digest == other.digest
    assert len(np.unique(one.split.train.histories.occurred_at)) == 1


def test_a_viewer_may_have_nothing_to_find(tmp_path: Path) -> None:
    data = load(write_lines(tmp_path, "1 5\n2 6 7\n", "1\n2 5\n"))
    assert data.split.viewers.tolist() == ["2"]
    assert data.split.histories.lengths.tolist() == [2]


def test_for_validation_a_tenth_of_what_was_learned_from_is_held_out(tmp_path: Path) -> None:
    train = "1 " + " ".join(map(str, range(20))) + "\n2 1 2 3\n"
    folder = write_lines(tmp_path, train, "1 30\n2 31\n")
    data = load(folder, part="validation")
    assert data.split.held_out.lengths.tolist() == [2, 1]
    assert len(data.split.train) == 23 - 3
    assert load(folder, part="validation").digest == data.digest


@pytest.mark.parametrize(
    ("train", "test", "complaint"),
    [
        ("", "1 2\n", r"train.txt: expected at least one line"),
        ("1 2\n", "", r"test.txt: expected at least one line"),
        ("1 2\n3\n", "1 4\n", r"train.txt, line 2: expected at least 2 numbers"),
        ("1 2\n\n3 4\n", "1 5\n", r"train.txt, line 2: .* an empty line"),
        ("1 2\n3 -4\n", "1 5\n", r"train.txt, line 2: .* at least 0, got '-4'"),
        ("1 2\n3 x\n", "1 5\n", r"train.txt, line 2: .* got 'x'"),
        ("1 2\n3 4 5 4\n", "1 5\n", r"train.txt, line 2: expected each item of a viewer once"),
        ("1 2\n3 4\n", "1 6 7 6\n", r"test.txt, line 1: expected each item of a viewer once"),
        ("1 2\n1 4\n", "1 5\n", r"train.txt, line 2: expected one line a viewer, got 1"),
        ("1 2\n", "1 3\n9 5\n", r"test.txt, line 2: .* a line in train.txt, got 9"),
        ("3 4\n1 2\n", "3 5\n1 6 2\n", r"test.txt, line 2: .* not in train.txt"),
    ],
)
def test_what_is_wrong_is_told_with_its_file_and_line(
    tmp_path: Path, train: str, test: str, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        load(write_lines(tmp_path, train, test))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train.txt: .* got no file"):
        load(tmp_path)


def test_recall_is_of_all_that_is_to_be_found_and_gain_of_the_best_list(tmp_path: Path) -> None:
    """Popularity's order is 0, then 1 to 30 by id as text: 1, 10, 11, …, of which viewer 1 knows 0.

    In viewer 1's list of 20 stand 1 (first) and 10 (second), and not 9, the last of all.
    """
    rest = "".join(f"{100 + item} {item} 0\n" for item in range(1, 31))
    folder = write_lines(tmp_path / "in", f"1 0\n{rest}", "1 1 10 9\n")
    shelf = Shelf.of(write_shelf(tmp_path / "shelf", "popularity"))
    result = run(PROTOCOLS["full-ranking"], lambda: load(folder), ["popularity"], shelf)
    means = result.trials["popularity"][1].means
    assert means["recall@20"].mean == 2 / 3
    best = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert means["ndcg@20"].mean == pytest.approx((1 + 1 / np.log2(3)) / best)


def test_gowalla_is_read_whole(real_data: Path) -> None:
    data = load(real_data / "gowalla")
    assert len(data.split.train) == 810_128
    assert data.facts["held_out"] == 217_242
    assert (len(data.split.viewers), len(data.titles)) == (29_858, 40_981)
