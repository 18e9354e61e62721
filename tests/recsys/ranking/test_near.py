"""Titles like a title are the same, remembered or not, whoever may see which of them."""

from pathlib import Path

import numpy as np
import pytest

from recsys.ranking import near, neighbourhoods
from recsys.ranking.near import Near
from recsys.ranking.neighbourhoods import Neighbourhoods

N = 900


class Likeness:
    """A model that only knows which titles are alike, and counts how often it is asked."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        few = random.random((N, N)) < 0.3
        self.table = np.where(few, random.integers(0, 40, (N, N)) / 8, 0).astype(np.float32)
        self.popularity_ = random.random(N).astype(np.float32)
        self.asked = 0

    def similarities(self, titles: np.ndarray) -> np.ndarray:
        self.asked += len(titles)
        return self.table[titles]


def expected(model: Likeness, title: int, n: int, shown: np.ndarray) -> list[int]:
    scores = (model.table[title] + 1e-6 * model.popularity_).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    return [int(one) for one in order if one != title and shown[one]][:n]


@pytest.mark.parametrize("share", [1.0, 0.9, 0.5, 0.02])
def test_the_second_answer_is_the_first(share: float) -> None:
    model = Likeness()
    shown = np.random.default_rng(1).random(N) < share
    lookup, given = Near(model), np.array([3, 700, 3], np.int32)  # type: ignore[arg-type]
    for _ in range(3):
        for title, found in zip(given, lookup.best(given, 300, shown), strict=True):
            ids = expected(model, int(title), 300, shown)
            assert found.ids.tolist() == ids + [-1] * (300 - len(ids))
            assert found.alike[: len(ids)].tolist() == (model.table[title, ids] > 0).tolist()
            assert np.isneginf(found.scores[len(ids) :]).all()


def test_what_is_remembered_is_not_asked_for_again() -> None:
    model = Likeness()
    lookup, everything = Near(model), np.ones(N, bool)  # type: ignore[arg-type]
    lookup.best(np.array([1, 2], np.int32), 20, everything)
    lookup.best(np.array([2, 1, 4], np.int32), 20, everything)
    assert model.asked == 3


def test_where_too_few_of_it_may_be_shown_all_are_looked_through() -> None:
    model = Likeness()
    lookup, everything = Near(model), np.ones(N, bool)  # type: ignore[arg-type]
    lookup.best(np.array([1], np.int32), 20, everything)
    hidden = everything.copy()
    hidden[expected(model, 1, near.KEPT, everything)] = False
    found = lookup.best(np.array([1], np.int32), 20, hidden)[0]
    assert found.ids.tolist() == expected(model, 1, 20, hidden)


def test_only_the_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "MOST", 2)
    model = Likeness()
    lookup, everything = Near(model), np.ones(N, bool)  # type: ignore[arg-type]
    for title in (1, 2, 1, 3, 1, 2):
        lookup.best(np.array([title], np.int32), 5, everything)
    # 2 made room for 3, since 1 was asked for again in between.
    assert model.asked == 4


def test_what_was_found_beforehand_is_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbourhoods, "SMALLEST", 10)
    monkeypatch.setattr(neighbourhoods, "PAIRS", 500 * N)
    model = Likeness()
    told: list[tuple[int, int]] = []
    found = Neighbourhoods.of(model, lambda *done: told.append(done))  # type: ignore[arg-type]
    assert found is not None
    assert sum(done for done, _ in told) == 500
    assert {of for _, of in told} == {500}
    found.write(tmp_path / "kept")
    lookup = Near(model, Neighbourhoods.read(tmp_path / "kept"))  # type: ignore[arg-type]
    model.asked = 0
    order = np.argsort(-model.popularity_, kind="stable").astype(np.int32)
    half = np.random.default_rng(1).random(N) < 0.5
    for shown in (np.ones(N, bool), half):
        for title, one in zip(order[:3], lookup.best(order[:3], 50, shown), strict=True):
            assert one.ids.tolist() == expected(model, int(title), 50, shown)
    assert model.asked == 0
    # The least watched were not looked for, and of others more neighbours may be wanted than were kept.
    assert lookup.best(order[-1:], 50, half)[0].ids.tolist() == expected(
        model, int(order[-1]), 50, half
    )
    assert lookup.best(order[:1], 200, half)[0].ids.tolist() == expected(
        model, int(order[0]), 200, half
    )
    assert model.asked == 2


def test_a_small_catalog_is_looked_through() -> None:
    assert Neighbourhoods.of(Likeness()) is None  # type: ignore[arg-type]
