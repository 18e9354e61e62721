"""Viewers are held out whole, and for validation others of those who are left."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.run import run
from pipelines.benchmark.strong_generalisation import load
from recsys.declaration import Shelf
from recsys.errors import InputError
from tests.pipelines.benchmark.folders import write_sequences, write_shelf

HISTORIES = {viewer: list(range(viewer, viewer + 10)) for viewer in range(50)}


def learned(data: object) -> set[str]:
    train = data.split.train  # type: ignore[attr-defined]
    return set(train.viewer_ids.external(np.unique(train.histories.viewers)).tolist())


def test_of_held_out_viewers_nothing_is_learned_in_either_part(tmp_path: Path) -> None:
    folder = write_sequences(tmp_path, HISTORIES)
    test, validation = load(folder), load(folder, part="validation")
    assert len(test.split.viewers) == 10
    assert len(validation.split.viewers) == 8
    assert not learned(test) & set(test.split.viewers)
    assert not learned(validation) & {*test.split.viewers, *validation.split.viewers}
    assert not set(test.split.viewers) & set(validation.split.viewers)
    assert len(learned(validation)) == 50 - 10 - 8


def test_the_earliest_four_fifths_are_given_or_random_ones(tmp_path: Path) -> None:
    folder = write_sequences(tmp_path, HISTORIES)
    early, drawn = load(folder), load(folder, fold_in="random")
    assert (
        early.split.histories.lengths.tolist() == drawn.split.histories.lengths.tolist() == [8] * 10
    )
    names = early.split.train.title_ids
    first = names.external(early.split.held_out.titles[:2]).astype(int)
    assert first.tolist() == [int(early.split.viewers[0]) + 8, int(early.split.viewers[0]) + 9]
    assert early.test_sha256 != drawn.test_sha256


def test_capped_recall_divides_by_what_a_list_can_hold(tmp_path: Path) -> None:
    """30 of 150 titles are to be found; popularity knows nothing, and each list of 20 holds at most 20."""
    histories = {viewer: list(range(150)) for viewer in range(10)}
    folder = write_sequences(tmp_path / "in", histories)
    shelf = Shelf.of(write_shelf(tmp_path / "shelf", "popularity"))
    result = run(PROTOCOLS["strong-generalisation"], lambda: load(folder), ["popularity"], shelf)
    means = result.trials["popularity"][1].means
    assert means["recall_capped@20"].mean == 1
    assert means["recall@20"].mean == pytest.approx(20 / 30)
    assert means["ndcg@100"].mean == pytest.approx(1)


def test_a_share_that_is_none_is_refused(tmp_path: Path) -> None:
    folder = write_sequences(tmp_path, HISTORIES)
    with pytest.raises(InputError, match="strong_generalisation, share"):
        load(folder, share=1.5)


def test_a_random_rest_is_another_question_than_the_end_of_a_history() -> None:
    protocol = PROTOCOLS["strong-generalisation"]
    assert protocol.asked({"fold_in": "random"}) == "rest"
    assert protocol.asked({"fold_in": "time"}) == protocol.asked({}) == "end"
