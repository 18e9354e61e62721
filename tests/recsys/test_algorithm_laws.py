"""Every algorithm obeys the same laws."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from recsys.additive import Additive
from recsys.algorithm import Algorithm
from recsys.algorithms import ALGORITHMS
from recsys.errors import BundleError, ConfigError, InputError, NotFittedError, RecsysError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from tests import worlds
from tests.recsys.subjects import SUBJECTS, Subject

World = tuple[Interactions, Titles]


@cache
def fitted(subject: Subject) -> Algorithm:
    """Return the model that learned the small world: every law that only asks shares it."""
    return subject.make().fit(*worlds.small_world())


pytestmark = pytest.mark.parametrize(
    "subject", SUBJECTS, ids=[f"{number}-{one.name}" for number, one in enumerate(SUBJECTS)]
)


def test_the_checkerboard_has_one_right_answer(subject: Subject, checkerboard: World) -> None:
    if not subject.personal:
        pytest.skip("gives all viewers the same answer")
    interactions, _ = checkerboard
    model = subject.make().fit(*checkerboard)
    ids, _ = model.recommend(interactions.histories, 1)
    assert ids[:, 0].tolist() == list(range(len(interactions.histories)))


def test_titles_like_one_of_the_checkerboard_are_of_its_colour(
    subject: Subject, checkerboard: World
) -> None:
    if not subject.personal:
        pytest.skip("gives all titles the same answer")
    ids, _ = subject.make().fit(*checkerboard).similar(np.arange(20, dtype=np.int32), 5)
    assert (ids % 2 == np.arange(20)[:, None] % 2).all()


def test_a_batch_equals_its_rows(subject: Subject, small_world: World) -> None:
    model = fitted(subject)
    histories = small_world[0].histories
    rows = [model.score(histories.take(slice(row, row + 1))) for row in range(len(histories))]
    np.testing.assert_allclose(model.score(histories), np.concatenate(rows), rtol=1e-4, atol=1e-5)


def test_a_second_fit_forgets_the_first(
    subject: Subject, small_world: World, checkerboard: World
) -> None:
    histories = small_world[0].histories
    refitted = subject.make().fit(*checkerboard).fit(*small_world)
    fresh = fitted(subject)
    np.testing.assert_array_equal(refitted.score(histories), fresh.score(histories))


def test_the_order_of_the_rows_of_a_table_does_not_matter(subject: Subject) -> None:
    viewers, titles = np.array([0, 0, 0, 1, 1, 2, 2]), np.array([0, 1, 2, 1, 2, 0, 3])
    table = worlds.interactions_table(viewers, titles)
    catalog = worlds.described_titles(np.arange(4) % 2)
    straight = Interactions.from_table(table, catalog.ids)
    shuffled = Interactions.from_table(table.take([6, 0, 3, 5, 1, 4, 2]), catalog.ids)
    scores = [
        subject.make().fit(one, catalog).score(straight.histories) for one in (straight, shuffled)
    ]
    np.testing.assert_array_equal(*scores)


def test_save_and_load_is_identity(subject: Subject, small_world: World, tmp_path: Path) -> None:
    model = fitted(subject)
    model.save(tmp_path)
    loaded = subject.load(tmp_path)
    histories = small_world[0].histories
    np.testing.assert_array_equal(model.score(histories), loaded.score(histories))
    np.testing.assert_array_equal(
        model.similar(np.array([0, 1]), 5), loaded.similar(np.array([0, 1]), 5)
    )
    assert loaded.config == model.config
    assert loaded.title_ids_ == model.title_ids_


def test_two_fits_on_the_same_input_save_the_same_bytes(
    subject: Subject, small_world: World, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        subject.make().fit(*small_world).save(tmp_path / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_missing_file_is_named(subject: Subject, small_world: World, tmp_path: Path) -> None:
    fitted(subject).save(tmp_path)
    (tmp_path / "config.json").unlink()
    with pytest.raises(BundleError, match=r"config\.json"):
        subject.load(tmp_path)


def test_an_unknown_title_in_a_history_is_ignored(subject: Subject, small_world: World) -> None:
    model = fitted(subject)
    with_unknown = Histories.of([[3, -1, 5], [-1]], n_titles=40)
    without = Histories.of([[3, 5], []], n_titles=40)
    np.testing.assert_array_equal(model.score(with_unknown), model.score(without))


def test_an_empty_history_gets_the_popularity_answer(subject: Subject, small_world: World) -> None:
    interactions, _ = small_world
    model = fitted(subject)
    histories = interactions.histories
    days = (histories.occurred_at.max() - histories.occurred_at) / np.timedelta64(1, "D")
    weights = np.bincount(histories.titles, histories.weights * 0.5 ** (days / 365), minlength=40)
    ids, _ = model.recommend(Histories.of([[]], n_titles=40), 10)
    if subject.personal:
        assert ids[0].tolist() == np.argsort(-weights, kind="stable")[:10].tolist()
    assert weights[ids[0]].min() > 0


def test_seen_titles_do_not_come_back_unless_asked_for(
    subject: Subject, small_world: World
) -> None:
    histories = small_world[0].histories
    model = fitted(subject)
    seen = histories.to_csr().toarray() > 0
    rows = np.arange(len(histories))[:, None]
    ids, _ = model.recommend(histories, 30)
    assert (ids >= 0).all()
    assert not seen[rows, ids].any()
    ids, _ = model.recommend(histories, 40, with_seen=True)
    assert np.array_equal(np.sort(ids, axis=1), np.broadcast_to(np.arange(40), ids.shape))


def test_only_allowed_titles_come_and_padding_fills_the_rest(
    subject: Subject, small_world: World
) -> None:
    histories = small_world[0].histories
    model = fitted(subject)
    allowed = np.zeros(40, bool)
    allowed[[1, 2, 3]] = True
    ids, scores = model.recommend(histories, 5, allowed=allowed, with_seen=True)
    assert np.array_equal(np.sort(ids, axis=1)[:, 2:], np.broadcast_to([1, 2, 3], (60, 3)))
    assert (ids[:, 3:] == -1).all()
    assert np.isneginf(scores[:, 3:]).all()
    assert np.isfinite(scores[:, :3]).all()


def test_each_viewer_may_have_a_mask_of_their_own(subject: Subject, small_world: World) -> None:
    histories = small_world[0].histories.take(slice(0, 2))
    model = fitted(subject)
    allowed = np.zeros((2, 40), bool)
    allowed[0, 7] = allowed[1, 8] = True
    ids, _ = model.recommend(histories, 1, allowed=allowed, with_seen=True)
    assert ids.tolist() == [[7], [8]]


def test_a_title_is_not_similar_to_itself(subject: Subject, small_world: World) -> None:
    every = np.arange(40, dtype=np.int32)
    ids, _ = fitted(subject).similar(every, 40)
    assert not (ids == every[:, None]).any()


def test_asking_for_nothing_answers_nothing(subject: Subject, small_world: World) -> None:
    model = fitted(subject)
    ids, scores = model.recommend(Histories.of([], n_titles=40), 3)
    assert ids.shape == scores.shape == (0, 3)
    assert model.score(Histories.of([], n_titles=40)).shape == (0, 40)
    assert model.similar(np.empty(0, np.int32), 3)[0].shape == (0, 3)


@pytest.mark.parametrize("unknown", [-1, 40])
def test_an_id_outside_the_catalog_is_refused(
    subject: Subject, small_world: World, unknown: int
) -> None:
    model = fitted(subject)
    with pytest.raises(InputError, match=rf"internal ids in 0\.\.39, got {unknown}"):
        model.similar(np.array([unknown]), 3)


def test_asking_wrongly_is_refused(subject: Subject, small_world: World) -> None:
    model, histories = fitted(subject), small_world[0].histories
    with pytest.raises(InputError, match="n of at least 1, got 0"):
        model.recommend(histories, 0)
    with pytest.raises(InputError, match="allowed"):
        model.recommend(histories, 3, allowed=np.ones(39, bool))
    with pytest.raises(InputError, match="histories over 40 titles, got 41"):
        model.recommend(Histories.of([[1]], n_titles=41), 3)


def test_a_model_that_has_not_learned_says_so(subject: Subject, tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        subject.make().score(Histories.of([[1]], n_titles=4))
    with pytest.raises(NotFittedError):
        subject.make().save(tmp_path)


def test_nothing_to_learn_from_is_refused(subject: Subject, small_world: World) -> None:
    interactions, titles = small_world
    nothing = interactions.with_histories(interactions.histories.last(0))
    with pytest.raises(InputError, match="at least one interaction"):
        subject.make().fit(nothing, titles)


def test_contributions_and_the_base_add_up_to_the_score(
    subject: Subject, small_world: World
) -> None:
    model = fitted(subject)
    if not isinstance(model, Additive):
        pytest.skip("its score is no sum over the entries of a history")
    # Each viewer asks for each title; so do some of whom little is known.
    strangers = Histories.of([[], [3, -1, 5, 7], [-1], [39]], n_titles=40)
    strangers.weights[2] = 0  # was turned down
    for histories in (small_world[0].histories, strangers):
        every = histories.take(np.repeat(np.arange(len(histories)), 40))
        titles = np.tile(np.arange(40, dtype=np.int32), len(histories))
        made = model.contributions(every, titles)
        found = made.base + np.bincount(every.viewers, made.entries, len(every))
        scores = model.score(histories)
        away = np.abs(found.reshape(scores.shape) - scores).max(axis=1)
        assert (away <= 1e-4 * np.abs(scores).max(axis=1)).all()
        assert (made.entries[every.titles < 0] == 0).all()


def test_what_was_turned_down_teaches_nothing(subject: Subject, small_world: World) -> None:
    interactions, titles = small_world
    # Each viewer turned down a title of another taste, the last of all.
    turned_down = worlds.with_refusals(interactions, 36 + np.arange(1, 61) % 4)
    found = subject.make().fit(turned_down, titles).score(interactions.histories)
    np.testing.assert_array_equal(found, fitted(subject).score(interactions.histories))


def test_nothing_but_refusals_is_refused(subject: Subject, small_world: World) -> None:
    interactions, titles = small_world
    nothing = replace(interactions.histories, weights=np.zeros(600, np.float32))
    with pytest.raises(InputError, match="at least one interaction, got weights of 0 alone"):
        subject.make().fit(interactions.with_histories(nothing), titles)


def test_another_catalog_is_refused(subject: Subject, small_world: World) -> None:
    with pytest.raises(InputError, match="one catalog"):
        subject.make().fit(small_world[0], worlds.described_titles(np.zeros(39, int)))


def test_weights_that_are_no_numbers_are_refused(subject: Subject, small_world: World) -> None:
    interactions, titles = small_world
    weights = interactions.histories.weights.copy()
    weights[3] = np.nan
    broken = interactions.with_histories(replace(interactions.histories, weights=weights))
    with pytest.raises(InputError, match="weight"):
        subject.make().fit(broken, titles)


@pytest.mark.parametrize(
    ("viewers", "titles"),
    [([0, 0, 0], [0, 1, 2]), ([0, 1, 2], [0, 0, 0]), ([0], [0])],
    ids=["one viewer", "one title", "one interaction"],
)
def test_the_smallest_worlds_work_or_are_refused_clearly(
    subject: Subject, viewers: list[int], titles: list[int]
) -> None:
    table = worlds.interactions_table(np.array(viewers), np.array(titles))
    interactions = Interactions.from_table(table)
    try:
        model = subject.make().fit(interactions, worlds.bare(interactions))
    except RecsysError:
        return
    assert np.isfinite(model.score(interactions.histories)).all()


def test_titles_without_any_description_work(subject: Subject, small_world: World) -> None:
    interactions, _ = small_world
    model = subject.make().fit(interactions, worlds.bare(interactions))
    ids, _ = model.recommend(interactions.histories, 10)
    assert (ids >= 0).all()


def test_titles_all_alike_work(subject: Subject, small_world: World) -> None:
    interactions, _ = small_world
    model = subject.make().fit(interactions, worlds.described_titles(np.zeros(40, int)))
    assert np.isfinite(model.score(interactions.histories)).all()


def test_an_unknown_hyperparameter_is_named(subject: Subject) -> None:
    kind = type(subject.make())
    if subject.name not in ALGORITHMS:
        pytest.skip("not built from plain hyperparameters")
    with pytest.raises(ConfigError, match=rf"{subject.name}\.speling"):
        kind(speling=1)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
