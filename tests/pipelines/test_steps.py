"""A step is done again exactly when its input, its facts or its output changed."""

from pathlib import Path

import pytest

from pipelines.steps import run_step


class Copying:
    """Copies ``a`` to ``b`` and counts how often."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.times = folder, 0
        (folder / "a").write_text("input")

    def work(self) -> None:
        self.times += 1
        (self.folder / "b").write_text((self.folder / "a").read_text())

    def run(self, *facts: object) -> bool:
        inputs, outputs = [self.folder / "a"], [self.folder / "b"]
        return run_step(self.folder, "copy", self.work, inputs=inputs, outputs=outputs, facts=facts)


@pytest.fixture
def step(tmp_path: Path) -> Copying:
    return Copying(tmp_path)


def test_the_same_step_is_not_done_twice(step: Copying) -> None:
    assert step.run(1)
    assert not step.run(1)
    assert step.times == 1


def test_another_input_another_fact_or_a_changed_output_is_done_again(step: Copying) -> None:
    step.run(1)
    assert step.run(2)
    (step.folder / "a").write_text("other")
    assert step.run(2)
    (step.folder / "b").write_text("spoiled")
    assert step.run(2)
    (step.folder / "b").unlink()
    assert step.run(2)
    (step.folder / "steps" / "copy.json").write_text("{")
    assert step.run(2)
    assert not step.run(2)


def test_a_step_that_failed_is_done_again(step: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
    step.run(1)
    with monkeypatch.context() as broken:
        broken.setattr(step, "work", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            step.run(2)
    assert step.run(2)
