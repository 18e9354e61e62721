"""An answer is kept for exactly what it answered: the code, the hyperparameters, the data and the length of a list."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.benchmark.data import Data
from pipelines.benchmark.kept import ROOMS, Kept
from pipelines.benchmark.leave_last_out import load
from pipelines.benchmark.trial import Trial
from pipelines.recipe import Recipe
from tests.pipelines.benchmark.folders import write_sequences, write_shelf

LISTS = np.array([[0, 1, -1]], np.int32)


@pytest.fixture
def data(tmp_path: Path) -> Data:
    return load(write_sequences(tmp_path / "in", {1: [2, 1, 4], 2: [1, 2], 3: [4, 1, 3]}))


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return Recipe.read(write_shelf(tmp_path / "shelf", "popularity"), "popularity")


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A folder of answers by code of its own."""
    (tmp_path / "room" / "inner").mkdir(parents=True)
    (tmp_path / "room" / "inner" / "code.py").write_text("x = 1\n")
    return Kept(tmp_path / "kept", rooms=(tmp_path / "room",))


def asked(kept: Kept, recipe: Recipe, data: Data, n: int = 3) -> bool:
    """Return whether the model was asked, as it is where no answer was kept."""
    calls = []

    def ask() -> Trial:
        calls.append(1)
        return Trial(LISTS, {"a": 1}, 1.5, 0.5, 10)

    tried = kept.trial(recipe, data, n, ask)
    assert tried.recommended.tolist() == LISTS.tolist()
    assert (tried.config, tried.fit_seconds, tried.peak_rss_bytes) == ({"a": 1}, 1.5, 10)
    return bool(calls)


def test_the_same_question_is_asked_once_unless_all_is_to_be_fresh(
    kept: Kept, recipe: Recipe, data: Data
) -> None:
    assert [asked(kept, recipe, data) for _ in range(3)] == [True, False, False]
    assert asked(replace(kept, fresh=True), recipe, data)


def test_other_code_another_length_and_other_hyperparameters_are_other_questions(
    kept: Kept, recipe: Recipe, data: Data
) -> None:
    assert asked(kept, recipe, data)
    assert asked(kept, recipe, data, n=4)
    changed = {"config": {"half_life_days": 3.0}}
    assert asked(kept, Recipe(recipe.declaration.model_copy(update=changed), recipe.shelf), data)
    code = kept.rooms[0] / "inner" / "code.py"
    code.write_text("x = 2\n")
    assert asked(kept, recipe, data)
    code.rename(code.with_name("other.py"))
    assert asked(kept, recipe, data)


def test_whatever_a_model_sees_of_histories_is_part_of_the_question(data: Data) -> None:
    seen = data.split.histories
    shifted = {
        "occurred_at": seen.occurred_at + np.timedelta64(1, "s"),
        "first_at": seen.first_at + np.timedelta64(1, "s"),
        "watched_portion": seen.watched_portion / 2,
        "weights": seen.weights * 2,
        "regions": np.full(len(seen), "de"),
        "titles": seen.titles[::-1].copy(),
    }
    digests = {data.digest}
    for name, values in shifted.items():
        split = replace(data.split, histories=replace(seen, **{name: values}))
        digests.add(replace(data, split=split).digest)
    names = replace(data.split, viewers=data.split.viewers[::-1])
    digests |= {replace(data, split=names).digest, replace(data, offered=seen).digest}
    assert len(digests) == 1 + len(shifted) + 2


def test_an_answer_during_which_the_code_changed_is_not_kept(
    kept: Kept, recipe: Recipe, data: Data
) -> None:
    def ask() -> Trial:
        (kept.rooms[0] / "new.py").write_text("")
        return Trial(LISTS, {}, 1.0, 1.0, 1)

    kept.trial(recipe, data, 3, ask)
    assert not kept.folder.exists()


def test_the_code_is_all_that_fits_and_the_answer_says_what_it_took(
    kept: Kept, recipe: Recipe, data: Data
) -> None:
    assert [room.name for room in ROOMS] == ["recsys", "features"]
    assert (ROOMS[0] / "topk.py").is_file()
    asked(kept, recipe, data)
    (file,) = kept.folder.rglob("trial.json")
    assert json.loads(file.read_text())["score_seconds"] == 0.5
