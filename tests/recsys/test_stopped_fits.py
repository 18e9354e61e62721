"""A fit that is refused or interrupted leaves nothing behind, whatever the algorithm."""

from pathlib import Path

import pytest

from recsys.algorithms.ease import EASE
from recsys.errors import BundleError, CapacityError, NotFittedError
from recsys.interactions import Interactions
from recsys.titles import Titles
from tests.recsys.subjects import SUBJECTS, Subject

World = tuple[Interactions, Titles]
EACH = pytest.mark.parametrize(
    "subject", SUBJECTS, ids=[f"{number}-{one.name}" for number, one in enumerate(SUBJECTS)]
)


@EACH
@pytest.mark.parametrize("fits", [0, 1], ids=["first", "second"])
def test_an_interrupted_fit_leaves_nothing_behind(
    subject: Subject,
    fits: int,
    small_world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = subject.make()
    for _ in range(fits):
        model.fit(*small_world)
    learn = type(model)._fit

    def stopped(self, *world) -> None:
        learn(self, *world)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(model), "_fit", stopped)
        with pytest.raises(KeyboardInterrupt):
            model.fit(*small_world)
    with pytest.raises(NotFittedError):
        model.score(small_world[0].histories)
    with pytest.raises(NotFittedError):
        model.save(tmp_path / "model")
    assert not (tmp_path / "model").exists()


@EACH
def test_a_folder_that_lacks_what_was_learned_is_refused(
    subject: Subject, small_world: World, tmp_path: Path
) -> None:
    subject.make().fit(*small_world).save(tmp_path)
    lost = sorted(tmp_path.glob("*_.np[yz]"))[-1]
    lost.unlink()
    with pytest.raises(BundleError, match=lost.stem):
        subject.load(tmp_path)


def test_a_refused_fit_leaves_nothing_behind(small_world: World) -> None:
    model = EASE(memory_gb=1e-9)
    with pytest.raises(CapacityError):
        model.fit(*small_world)
    with pytest.raises(NotFittedError):
        model.score(small_world[0].histories)
