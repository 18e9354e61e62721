"""Every declared model has a card, and it says what the declaration says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.cards import card, card_name, card_of_fit, declared
from pipelines.recipe import Recipe
from recsys.algorithms.popularity import Popularity
from recsys.declaration import QUESTIONS, Question, Shelf
from recsys.interactions import Interactions
from recsys.ranking.hybrid import Hybrid
from recsys.titles import Titles

SHELF = Path(__file__).parents[2] / "models"
DECLARED = [(question, path) for question in QUESTIONS for path in declared(SHELF, question)]


@pytest.mark.parametrize(("question", "path"), DECLARED)
def test_a_card_is_up_to_date_with_its_declaration(question: Question, path: Path) -> None:
    written = (SHELF / "cards" / f"{card_name(path, SHELF)}.md").read_text()
    recipe = Recipe.read(Shelf.of(SHELF, question), path.stem)
    assert written == card(recipe), "run `python -m pipelines.cards`"


def test_there_is_no_card_without_a_declaration() -> None:
    names = {card_name(path, SHELF) for _, path in DECLARED}
    assert {path.stem for path in (SHELF / "cards").glob("*.md")} == names


def test_the_card_of_a_part_that_a_question_has_its_own_of_is_linked(tmp_path: Path) -> None:
    part = 'algorithm = "popularity"\ndescription = "One."\n'
    whole = 'algorithm = "hybrid"\ndescription = "Two."\n[config]\nparts = ["one", "two"]\n'
    (tmp_path / "next").mkdir()
    for name, text in {"one": part, "two": part, "next/two": part, "next/both": whole}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    made = card(Recipe.read(Shelf.of(tmp_path, "next"), "both"))
    assert "- [one](one.md)\n- [two](next-two.md)" in made


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
