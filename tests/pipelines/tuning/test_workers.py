"""A model is fitted in a process of its own: what ends that process does not end the search."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from pipelines.tuning.workers import LateError, Limits, Question, Worker, _answer
from recsys.algorithms.als import ALS
from recsys.errors import CapacityError, ConfigError, InputError
from recsys.evaluate import recommend
from tests.pipelines.tuning.small import recipe, space, validation

ROOT = Path(__file__).parents[3]
ROOMY = Limits(threads=1, memory_gb=8.0)


def worker(limits: Limits = ROOMY) -> Worker:
    return Worker([Question.of(one) for one in validation().slices], 10, limits)


def test_the_answer_is_that_of_the_same_model_here(tmp_path: Path) -> None:
    one, data = recipe(tmp_path), validation().slices[1]
    model = one.fit(data.split.train, data.titles)
    with worker() as other:
        other.ask(one, 1)
        listed = other.answer("here")
    assert np.array_equal(listed, recommend(model, data.split.histories, 10)[0])


def test_a_model_is_shown_nothing_of_what_is_to_be_found() -> None:
    data = validation().slices[0]
    shown = Question.of(data)
    assert shown.histories is data.split.histories
    assert not hasattr(shown, "held_out")


def test_what_the_model_refuses_is_raised_and_the_next_question_is_answered(
    tmp_path: Path,
) -> None:
    found = space(tmp_path)
    with worker() as one:
        one.ask(found.varied({"factors": 0}), 0)
        with pytest.raises(ConfigError, match="factors"):
            one.answer("here")
        one.ask(found.recipe, 0)
        assert len(one.answer("here")) == len(validation().slices[0].split.viewers)


def test_too_little_memory_is_a_refusal(tmp_path: Path) -> None:
    with worker(Limits(threads=1, memory_gb=0.05)) as one:
        one.ask(recipe(tmp_path), 0)
        with pytest.raises(CapacityError, match="--memory-gb"):
            one.answer("the trial")


def test_a_fit_that_would_need_too_much_says_so_itself(tmp_path: Path) -> None:
    model = 'algorithm = "ease"\ndescription = "x"\n[config]\nmemory_gb = 0.000001\n'
    search = "[ease]\nl2 = { low = 0.1, high = 9.0 }\n"
    with worker() as one:
        one.ask(recipe(tmp_path, model, search), 0)
        with pytest.raises(CapacityError, match=r"ease\.memory_gb"):
            one.answer("here")


def test_a_process_that_is_killed_is_a_refusal_and_another_takes_its_place(tmp_path: Path) -> None:
    one_recipe = recipe(tmp_path)
    with worker() as one:
        one.ask(one_recipe, 0)
        assert one._process is not None
        os.kill(one._process.pid or 0, signal.SIGKILL)
        with pytest.raises(CapacityError, match="the trial: expected an answer"):
            one.answer("the trial")
        one.ask(one_recipe, 0)
        assert len(one.answer("here")) == len(validation().slices[0].split.viewers)


def test_what_comes_too_late_is_not_waited_for(tmp_path: Path) -> None:
    with worker() as one:
        one.ask(recipe(tmp_path), 0)
        process = one._process
        assert process is not None
        with pytest.raises(LateError):
            one.answer("here", seconds=0.0)
        assert one._process is None


def test_numbers_that_cannot_be_solved_are_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def singular(*_: object) -> None:
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(ALS, "_fit", singular)
    said = _answer(recipe(tmp_path), Question.of(validation().slices[0]), 10, ROOMY)
    assert isinstance(said, InputError)
    assert "Singular matrix" in str(said)


def test_a_fault_of_ours_is_not_taken_for_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ALS, "_fit", None)
    said = _answer(recipe(tmp_path), Question.of(validation().slices[0]), 10, ROOMY)
    assert isinstance(said, TypeError)


def test_a_worker_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    recipe(tmp_path / "shelf")
    program = f"""
        import os, signal
        from pathlib import Path
        from tests.pipelines.tuning.small import recipe
        from tests.pipelines.tuning.test_workers import worker
        if __name__ == "__main__":
            one = worker()
            one.ask(recipe(Path({str(tmp_path / "shelf")!r})), 0)
            print(one._process.pid, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    script = tmp_path / "start.py"
    script.write_text(textwrap.dedent(program))
    started = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == -signal.SIGKILL
    # The output is at its end once all that hold it have ended, the worker too: else this line is not reached.
    assert _ended(int(started.stdout))


def _ended(process: int) -> bool:
    """Tell whether a process is no more, or waits to be reaped by nobody."""
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] in "ZX"
