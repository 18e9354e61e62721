"""Every declared model has a card, and it says what the declaration says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.cards import card, card_of_fit
from pipelines.recipe import Recipe
from recsys.algorithms.popularity import Popularity
from recsys.interactions import Interactions
from recsys.ranking.hybrid import Hybrid
from recsys.titles import Titles

SHELF = Path(__file__).parents[2] / "models"
NAMES = sorted(path.stem for path in SHELF.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_up_to_date_with_its_declaration(name: str) -> None:
    written = (SHELF / "cards" / f"{name}.md").read_text()
    assert written == card(Recipe.read(SHELF, name)), "run `python -m pipelines.cards`"


def test_there_is_no_card_without_a_declaration() -> None:
    assert sorted(path.stem for path in (SHELF / "cards").glob("*.md")) == NAMES


def test_the_card_of_a_fit_has_its_figures_and_its_moment() -> None:
    recipe = Recipe.read(SHELF, "ease")
    made = card_of_fit(
        recipe, recipe.unfitted(), datetime(2024, 3, 1, tzinfo=UTC), {"ndcg@10": 0.12345}
    )
    assert "| ndcg@10 | 0.1235 |" in made
    assert "before 2024-03-01T00:00:00+00:00" in made


def test_the_card_of_a_fit_has_the_half_life_that_fitting_chose_not_the_declared_one(
    small_world: tuple[Interactions, Titles],
) -> None:
    recipe = Recipe.read(SHELF, "hybrid")
    parts = {"popularity": Popularity(half_life_days=180.0)}
    chosen = Hybrid(models=parts, parts=["popularity"], half_lives_days=[77]).fit(*small_world)
    made = card_of_fit(recipe, chosen, datetime(2024, 3, 1, tzinfo=UTC), {})
    assert "| popularity.half_life_days | 77.0 |" in made
    assert "180" not in made.split("## Fitted with")[1]


def test_the_card_of_a_model_with_parts_links_to_theirs() -> None:
    assert "- [ease](ease.md)" in card(Recipe.read(SHELF, "hybrid"))
