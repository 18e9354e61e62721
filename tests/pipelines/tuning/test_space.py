"""Where a search looks is declared beside the models, and what is wrong there is named by file and key."""

from pathlib import Path

import pytest

from pipelines.cards import card, declared
from pipelines.recipe import Recipe
from pipelines.tuning.dimensions import Choices, Range
from pipelines.tuning.space import Space
from recsys.declaration import QUESTIONS, Question, Shelf
from recsys.errors import ConfigError
from tests.pipelines.tuning.small import ALS, SEARCH, recipe, space

MODELS = Path(__file__).parents[3] / "models"
DECLARED = [
    (question, path.stem)
    for question in QUESTIONS
    for path in declared(MODELS, question)
    # It does without the only hyperparameter that there is.
    if (question, path.stem) != ("rest", "kind-popularity")
]
LISTS = """algorithm = "next-title"
description = "For a test."
[config]
fades = [0.7, 0.98]
l2 = [300.0, 1000.0]
"""


@pytest.mark.parametrize(("question", "model"), DECLARED)
def test_every_declared_model_can_be_searched(question: Question, model: str) -> None:
    found = Space.read(Recipe.read(Shelf.of(MODELS, question), model))
    assert found.dimensions
    assert found.varied(found.declared).unfitted().config == found.recipe.unfitted().config


def test_a_model_that_does_without_all_that_could_be_searched_is_refused() -> None:
    with pytest.raises(ConfigError, match="does not do without"):
        Space.read(Recipe.read(Shelf.of(MODELS, "rest"), "kind-popularity"))


def test_what_a_declaration_leaves_out_is_searched_from_the_algorithms_default(
    tmp_path: Path,
) -> None:
    found = space(tmp_path)
    assert found.declared == {"factors": 1, "fade": 0.95}


def test_what_is_said_of_a_list_is_said_of_each_of_its_numbers(tmp_path: Path) -> None:
    found = space(tmp_path, LISTS, "[next-title]\nfades = { low = 0.4, high = 0.99 }\n")
    assert found.declared == {"fades.0": 0.7, "fades.1": 0.98}
    config = found.varied({"fades.1": 0.9}).declaration.config
    assert (config["fades"], config["l2"]) == ([0.7, 0.9], [300.0, 1000.0])


def test_a_table_of_the_model_goes_before_that_of_its_algorithm(tmp_path: Path) -> None:
    found = space(tmp_path, search=SEARCH + "[one]\nl2 = { low = 0.001, high = 1.0, log = true }\n")
    assert list(found.dimensions) == ["l2"]


def test_a_question_of_its_own_goes_first(tmp_path: Path) -> None:
    recipe(tmp_path)
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "search.toml").write_text("[als]\niterations = { low = 1, high = 3 }\n")
    found = Space.read(Recipe.read(Shelf.of(tmp_path, "next"), "one"))
    assert list(found.dimensions) == ["iterations"]


@pytest.mark.parametrize(
    ("search", "where", "expected"),
    [
        ("", "search.toml", r"a table \[one\] or \[als\]"),
        ("[als]\nfactors = 3\n", "als.factors", "a range"),
        ("als = 3\n", "search.toml, als", "a table of ranges"),
        ("[als]\n", "search.toml, als", "a table of ranges"),
        ("[als]\nfactor = { low = 1, high = 3 }\n", "als.factor", "a hyperparameter, of"),
        ("[als]\nfactors = { low = 3, high = 1 }\n", "als.factors", "high above low"),
        ("[als]\nl2 = { low = 0.0, high = 1.0, log = true }\n", "als.l2", "low above 0"),
        ("[als]\nfactors = { low = 1, high = 3.0 }\n", "als.factors", "two whole numbers"),
        ("[als]\nfactors = { low = 0, high = 3 }\n", "als.factors", "what the algorithm allows"),
        ("[als]\nfactors = { low = 1.5, high = 2.5 }\n", "als.factors", "what the algorithm"),
        ("[als]\nfactors = { low = 2, high = 9 }\n", "als.factors", "holds what one declares, 1"),
        ("[als]\nfactors = { low = 1 }\n", "als.factors.high", "required"),
        ("[als]\nfactors = { low = 1, high = 2, step = 1 }\n", "als.factors.step", "not permitted"),
        ("[als]\nfactors = { choices = [1, 1] }\n", "als.factors", "each choice once"),
        ("[als]\nfactors = { choices = [1] }\n", "als.factors.choices", "at least 2"),
        ("[als\n", "search.toml", "valid TOML"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(
    tmp_path: Path, search: str, where: str, expected: str
) -> None:
    with pytest.raises(ConfigError, match=expected) as refused:
        space(tmp_path, search=search)
    assert "search.toml" in str(refused.value.where)
    assert where in str(refused.value.where)


def test_a_search_changes_neither_a_recipe_nor_a_card(tmp_path: Path) -> None:
    with_search = recipe(tmp_path / "with")
    without = recipe(tmp_path / "without")
    (tmp_path / "without" / "search.toml").unlink()
    assert with_search.digest == without.digest
    assert card(with_search) == card(without)
    assert [path.name for path in declared(tmp_path / "with", "later")] == ["one.toml"]


def test_what_is_tried_has_few_digits_and_keeps_to_its_range() -> None:
    one = Range(low=0.12345, high=2.0)
    assert [one.rounded(value) for value in (1.23456, 0.1234567)] == [1.23, 0.12345]
    assert Range(low=1, high=5).rounded(3) == 3
    assert Choices(choices=("a", "b")).rounded("b") == "b"


def test_the_declared_value_is_tried_with_all_its_digits(tmp_path: Path) -> None:
    model = ALS.replace("l2 = 0.005", "l2 = 0.0051234")
    found = space(tmp_path, model, "[als]\nl2 = { low = 0.001, high = 1.0 }\n")
    assert found.tried({"l2": 0.0051234}) == {"l2": 0.0051234}
    assert found.tried({"l2": 0.0051235}) == {"l2": 0.00512}
