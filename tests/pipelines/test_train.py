"""A trained bundle holds what a replica needs and what its recipe was, and learns nothing from later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from pipelines.anonymise import anonymise
from pipelines.build import Built, build, interactions_until
from pipelines.recipe import Recipe
from pipelines.train import train
from recsys.bundle import Bundle
from recsys.errors import InputError
from recsys.interactions import Histories
from recsys.privacy.policy import Policy
from recsys.titles import Titles
from tests import worlds
from tests.pipelines.nights import night_settings

NOW = datetime(2024, 3, 1, tzinfo=UTC)
TITLES = worlds.described_titles(np.arange(4))
SHELF = {
    "ease.toml": 'algorithm = "ease"\ndescription = "One."\n[config]\nl2 = 5.0\n',
    "other.toml": 'algorithm = "ease"\ndescription = "Another."\n',
}


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    for name, text in SHELF.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = night_settings(tmp_path_factory.mktemp("built"))
    anonymise(settings.store, Policy.read(settings.privacy_policy))
    build(settings.store)
    return settings.store


def trained(shelf: Path) -> Bundle:
    viewers, titles = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 2, 3])
    table = worlds.interactions_table(viewers, titles)
    recipe = Recipe.read(shelf, "ease")
    return train(recipe, table, TITLES.table, until=NOW, bundles=shelf / "bundles")


def test_the_bundle_answers_as_the_model_that_was_fitted(shelf: Path) -> None:
    bundle = trained(shelf)
    ids, _ = Recipe.of(bundle).load(bundle).recommend(Histories.of([[0], [2]], 4), 1)
    # Titles 0 and 1 were watched together, and so were 2 and 3.
    assert ids.tolist() == [[1], [3]]
    assert Titles.read(bundle.path / "catalog.parquet").ids == TITLES.ids
    assert bundle.trained_until == NOW


def test_the_recipe_in_a_bundle_is_the_declared_one_and_nothing_else_of_the_shelf(
    shelf: Path,
) -> None:
    bundle = trained(shelf)
    assert Recipe.of(bundle).digest == Recipe.read(shelf, "ease").digest
    assert [path.name for path in (bundle.path / "declarations").iterdir()] == ["ease.toml"]


def test_training_twice_gives_the_same_bundle(shelf: Path) -> None:
    assert trained(shelf).id == trained(shelf).id


def test_the_recipe_of_a_model_with_parts_has_theirs(shelf: Path) -> None:
    (shelf / "sum.toml").write_text(
        'algorithm = "hybrid"\ndescription = "Both."\n[config]\nparts = ["ease", "other"]\n'
    )
    files = [path.name for path in Recipe.read(shelf, "sum").files]
    assert files == ["sum.toml", "ease.toml", "other.toml"]


def test_what_is_known_at_the_cut_is_older_than_the_cut(store: Path) -> None:
    built = Built.read(store)
    known = built.known["last_at"].to_pylist()
    whole = built.interactions["last_at"].to_pylist()
    assert max(known) < built.cut
    assert built.until - timedelta(days=1) <= max(whole) < built.until
    later = sum(moment >= built.cut for moment in whole)
    assert later / len(whole) == pytest.approx(0.1, abs=0.02)


def test_what_is_built_takes_the_place_of_the_last_whole(store: Path) -> None:
    stray = store / "built" / "stray"
    stray.write_text("of another night")
    build(store)
    assert not stray.exists()
    assert Built.read(store).cut < Built.read(store).until


def test_a_moment_to_train_until_is_kept_to(store: Path) -> None:
    half_way = Built.read(store).cut - timedelta(days=3)
    table, _, moment = interactions_until(store, half_way.isoformat())
    assert moment == half_way
    assert max(table["last_at"].to_pylist()) < half_way


@pytest.mark.parametrize(
    ("until", "said"), [("soon", "a moment such as"), ("1999-01-01", "events before 1999")]
)
def test_a_moment_that_is_none_or_too_early_is_refused(store: Path, until: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        interactions_until(store, until)
