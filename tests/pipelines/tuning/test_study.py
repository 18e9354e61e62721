"""A search lies in a file: what is drawn depends on what was reached, on nothing else, and goes on after a kill."""

import sqlite3
from pathlib import Path

import pytest

from pipelines.tuning.dimensions import Value
from pipelines.tuning.space import Space
from pipelines.tuning.study import Study, Tried
from recsys.errors import InputError
from tests.pipelines.tuning.small import space


def reached(values: dict[str, Value]) -> float:
    """The more factors the better, and the nearer the fade is to .9."""
    return float(values["factors"]) - abs(float(values["fade"]) - 0.9)


def step(study: Study, *, told: bool = True) -> None:
    """Draw the next trial, and say what it reached unless the run is killed before."""
    place = len(study.tried)
    trial, values = study.ask(place)
    if (before := study.known(values)) is not None:
        study.tell(trial, mean=before.mean, means=before.means, gain=0.0, seconds=0.0, again=True)
        return
    mean = reached(values)
    study.worse(trial, 0, mean)
    if told:
        study.tell(trial, mean=mean, means=(mean,), gain=mean, seconds=1.0)


def fresh(folder: Path, found: Space | None = None) -> Study:
    return Study(folder / "one.db", "name", found or space(folder / "shelf"))


def run(study: Study, trials: int) -> list[Tried]:
    while len(study.tried) < trials:
        step(study)
    return study.tried


def test_the_first_trial_is_of_the_declared_values(tmp_path: Path) -> None:
    found = space(tmp_path / "shelf")
    assert run(fresh(tmp_path, found), 1)[0].values == found.declared


def test_two_searches_over_the_same_find_the_same(tmp_path: Path) -> None:
    one, other = (run(fresh(tmp_path / name), 13) for name in ("one", "other"))
    assert one == other
    assert max(trial.mean or 0 for trial in one) > (one[0].mean or 0)


def test_a_search_that_was_killed_at_each_trial_tries_what_it_would_have_tried(
    tmp_path: Path,
) -> None:
    undisturbed = run(fresh(tmp_path / "one"), 13)
    while len((study := fresh(tmp_path / "other")).tried) < 13:
        step(study, told=False)  # killed before it could say
        step(fresh(tmp_path / "other"))
    assert fresh(tmp_path / "other").tried == undisturbed


def test_a_trial_that_had_said_what_it_reached_when_it_was_killed_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = run(fresh(tmp_path / "one"), 4)
    study = fresh(tmp_path / "other")
    run(study, 2)
    with monkeypatch.context() as killed:
        killed.setattr(study, "_end", lambda *_: None)
        step(study)
    again = fresh(tmp_path / "other")
    assert len(again.tried) == 3
    assert run(again, 4) == undisturbed


def test_a_search_that_was_killed_between_planning_and_drawing_goes_on(tmp_path: Path) -> None:
    undisturbed = run(fresh(tmp_path / "one"), 3)
    study = fresh(tmp_path / "other")
    study.study.enqueue_trial(dict(study.space.declared))
    assert run(fresh(tmp_path / "other"), 3) == undisturbed


def test_a_refusal_is_kept_with_its_reason_and_is_not_the_best(tmp_path: Path) -> None:
    study = fresh(tmp_path)
    run(study, 1)
    trial, _ = study.ask(1)
    study.tell(trial, mean=None, means=(), gain=None, seconds=2.0, refused="no memory")
    again = fresh(tmp_path)
    assert [(one.number, one.refused, one.mean) for one in again.tried[1:]] == [
        (1, "no memory", None)
    ]
    assert again.spent == 3.0


def test_a_trial_that_is_worse_than_most_is_given_up(tmp_path: Path) -> None:
    study = fresh(tmp_path)
    for place in range(5):
        trial, _ = study.ask(place)
        assert not study.worse(trial, 0, float(place))
        study.tell(trial, mean=float(place), means=(float(place),), gain=0.0, seconds=1.0)
    worst, _ = study.ask(5)
    assert study.worse(worst, 0, -1.0)
    study.tell(worst, mean=None, means=(-1.0,), gain=-1.0, seconds=1.0)
    assert study.tried[5].stopped
    assert not study.worse(study.ask(6)[0], 0, 9.0)


def test_what_was_tried_before_is_counted_as_in_vain(tmp_path: Path) -> None:
    found = space(tmp_path / "shelf", search="[als]\nfactors = { low = 1, high = 2 }\n")
    study = fresh(tmp_path, found)
    for _ in range(12):
        place = len(study.tried)
        trial, values = study.ask(place)
        before = study.known(values)
        study.tell(trial, mean=1.0, means=(1.0,), gain=0.0, seconds=0.0, again=before is not None)
    second = next(one.number for one in study.tried if one.values == {"factors": 2})
    assert study.in_vain == 12 - 1 - second


def test_what_matters_more_explains_more(tmp_path: Path) -> None:
    study = fresh(tmp_path)
    assert study.importance() == {}
    run(study, 15)
    shares = study.importance()
    assert shares["factors"] > shares["fade"]


def test_another_question_is_another_search_in_the_same_file(tmp_path: Path) -> None:
    found = space(tmp_path / "shelf")
    run(Study(tmp_path / "one.db", "yesterday", found), 2)
    assert Study(tmp_path / "one.db", "today", found).tried == []
    assert len(Study(tmp_path / "one.db", "yesterday", found).tried) == 2


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "one.db").write_text("my notes, which are longer than a header")
    with pytest.raises(InputError, match=r"one\.db.*SQLite"):
        fresh(tmp_path)
    assert (tmp_path / "one.db").read_text().startswith("my notes")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    study = fresh(tmp_path)
    with sqlite3.connect(tmp_path / "one.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InputError, match=r"one\.db.*locked"), study.written():
            run(study, 1)
        other.execute("ROLLBACK")
    assert len(run(fresh(tmp_path), 1)) == 1
