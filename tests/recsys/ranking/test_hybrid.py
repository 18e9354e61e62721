"""The hybrid's ranker learns on a later slice, and orders only where it serves viewers best."""

from pathlib import Path

import numpy as np
import pytest

from features.ranking import RankingFeatures
from recsys.context import Context
from recsys.declaration import Declaration, Shelf
from recsys.errors import ConfigError
from recsys.interactions import Histories
from recsys.ranking.build import build
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.rights import utc
from recsys.ranking.schooling import best_ids
from tests import worlds
from tests.recsys.ranking.conftest import taught

SHELF = Path(__file__).parents[3] / "models"


def test_the_ranker_orders_where_the_judges_do_not_object(model: Hybrid) -> None:
    assert set(model.reached) == {"ranker", "votes", "blend", *model.config.parts}
    assert model.ranker is not None
    assert model.order_[0] == "ranker"


def test_the_collaborative_part_is_the_best_of_them(model: Hybrid) -> None:
    others = ["item-knn", "als", "ease"]
    assert model.collaborative_[0] == max(others, key=model.reached.__getitem__)


def test_too_few_viewers_teach_nothing() -> None:
    model = taught().fit(*worlds.small_world(viewers=12))
    assert (model.ranker, model.reached, model.order_[0]) == (None, {}, "votes")


def test_a_ranker_and_its_features_are_read_back(model: Hybrid, world, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = Hybrid.load(tmp_path, RankingFeatures)
    histories = world[0].histories
    np.testing.assert_array_equal(model.score(histories), loaded.score(histories))
    assert loaded.missing == ()


def test_two_fits_with_a_ranker_save_the_same_bytes(model: Hybrid, world, tmp_path: Path) -> None:
    model.save(tmp_path / "one")
    taught().fit(*world).save(tmp_path / "two")
    one, two = (
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")}
        for n in ("one", "two")
    )
    assert one == two


def test_without_its_ranker_or_indexes_a_hybrid_orders_by_votes_and_says_so(
    model: Hybrid, world, tmp_path: Path
) -> None:
    model.save(tmp_path)
    (tmp_path / "ranker.txt").write_text("no model")
    (tmp_path / "als.faiss").write_bytes(b"no index")
    loaded = Hybrid.load(tmp_path, RankingFeatures)
    assert loaded.missing == ("ranker", "index")
    assert (loaded.recommend(world[0].histories, 10)[0] >= 0).all()


def test_titles_seen_make_no_room_for_worse_ones(model: Hybrid) -> None:
    nearly_all = Histories.of([list(range(37))], n_titles=40)
    ids, _ = model.recommend(nearly_all, 3)
    assert sorted(ids[0].tolist()) == [37, 38, 39]


def test_parts_that_were_not_declared_are_refused() -> None:
    model = Hybrid(models={}, parts=("ease", "popularity"))
    with pytest.raises(ConfigError, match="one of them popularity"):
        model.fit(*worlds.small_world())


@pytest.mark.parametrize(
    "shelf", [str(path.parent.relative_to(SHELF)) for path in SHELF.rglob("hybrid.toml")]
)
def test_each_shelf_declares_a_hybrid_of_models_that_are_there(shelf: str) -> None:
    folders = Shelf.of(SHELF / shelf, SHELF)
    model = build(folders.read("hybrid"), shelf=folders)
    assert isinstance(model, Hybrid)
    assert len(model.parts) > 2


@pytest.mark.parametrize(
    ("config", "complaint"),
    [({"parts": ["nobody"]}, "nobody"), ({"parts": ["ease"], "quota": 0}, "quota")],
)
def test_a_wrong_declaration_says_what_is_wrong(config: dict[str, object], complaint: str) -> None:
    declaration = Declaration(name="own", algorithm="hybrid", description="", config=config)
    with pytest.raises(ConfigError, match=complaint):
        build(declaration, shelf=Shelf.of(SHELF))


def test_an_unknown_algorithm_is_refused() -> None:
    declaration = Declaration(name="own", algorithm="oracle", description="")
    with pytest.raises(ConfigError, match="oracle"):
        build(declaration, shelf=Shelf.of(SHELF))


def test_the_best_pairs_of_each_viewer_come_first_and_padding_last() -> None:
    viewers, titles = np.array([0, 0, 0, 2]), np.array([4, 6, 8, 1], np.int32)
    scores = np.array([0.1, 0.9, 0.9, 0.5], np.float32)
    assert best_ids(viewers, titles, scores, 3, 2).tolist() == [[6, 8], [-1, -1], [1, -1]]


def test_a_part_too_large_for_memory_is_done_without_and_comes_back(world, tmp_path: Path) -> None:
    model = taught()
    ease = model.parts["ease"]
    model.parts["ease"] = type(ease)(ease.config.model_copy(update={"memory_gb": 1e-9}))
    model.fit(*world)
    assert model.left_out_.tolist() == ["ease"]
    assert "score_ease" not in model.columns
    assert model.order_[0] == "ranker"
    model.save(tmp_path)
    loaded = Hybrid.load(tmp_path, RankingFeatures)
    histories = world[0].histories
    np.testing.assert_array_equal(model.score(histories), loaded.score(histories))
    # With memory for it the next fit has it again.
    model.left_out["ease"] = ease
    assert list(model.fit(*world).parts) == list(model.config.parts)
    assert model.left_out_.tolist() == []


@pytest.mark.parametrize("question", ["next", "rest", "end"])
def test_every_question_has_a_hybrid_that_is_worth_its_parts(world, question: str) -> None:
    config = {"question": question, "voices": ("als", "item-knn"), "quota": 8, "shortlist": 12}
    model = taught(**config, places=2).fit(*world)
    assert str(model.order_[0]) == "ranker"
    assert model.reached["ranker"] > model.reached["popularity"]
    ids, _ = model.recommend(world[0].histories, 5)
    assert (ids >= 0).all()


def test_many_at_once_are_answered_as_each_request(model: Hybrid, world) -> None:
    histories = world[0].histories.take(slice(0, 20))
    context = Context(now=utc(model.moment_[0]))
    asked, _, _ = model.answer(histories, 10, np.ones(40, bool), context)
    # Sums in another order may swap two titles that score the same to six digits.
    assert (model.recommend(histories, 10)[0] == asked).mean() > 0.95
