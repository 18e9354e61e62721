"""A change keeps comments and order, says what was meant, and is taken by git and by patch."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from pipelines.cards import declared
from pipelines.recipe import Recipe
from pipelines.tuning.change import changed, diff
from pipelines.tuning.space import Space
from recsys.declaration import QUESTIONS, Question, Shelf

MODELS = Path(__file__).parents[3] / "models"
DECLARED = [
    (question, path.stem)
    for question in QUESTIONS
    for path in declared(MODELS, question)
    if (question, path.stem) != ("rest", "kind-popularity")
]


@pytest.mark.parametrize(("question", "model"), DECLARED)
def test_every_declaration_can_be_changed_and_keeps_its_comments(
    question: Question, model: str
) -> None:
    space = Space.read(Recipe.read(Shelf.of(MODELS, question), model))
    # Of the ends of a range at least one is not what is declared.
    values = {
        path: next(end for end in one.ends if end != space.declared[path])
        for path, one in space.dimensions.items()
    }
    before = space.recipe.shelf.path(model).read_text()
    whole = space.recipe.unfitted().config.model_dump(mode="json")
    after = changed(before, values, whole)
    said = tomllib.loads(after)
    again = space.recipe.declaration.model_copy(update={"config": said["config"]})
    meant = space.varied(values).unfitted().config
    assert Recipe(again, space.recipe.shelf).unfitted().config == meant
    comments = [line for line in before.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in after.splitlines() if line.lstrip().startswith("#")] == comments
    assert {**said, "config": 0} == {**tomllib.loads(before), "config": 0}


def test_a_comment_behind_a_value_stays_behind_it() -> None:
    text = "[config]\nl2 = 1.5  # because\nfade = 0.9\n"
    assert changed(text, {"l2": 2.5}, {}) == text.replace("1.5", "2.5")


@pytest.mark.parametrize("tool", [("git", "apply"), ("patch", "-p1", "-i")])
@pytest.mark.parametrize(
    "text", ["[config]\nl2 = 1.5\n\n[gates]\nx = 1\n", "a = 1\n[config]\nl2 = 1.5", "a = 1"]
)
def test_the_diff_is_taken_by_git_and_by_patch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: tuple[str, ...], text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "models" / "one.toml"
    file.parent.mkdir()
    file.write_text(text)
    after = changed(text, {"l2": 3.0, "more": 7}, {})
    (tmp_path / "one.diff").write_text(diff(Path("models/one.toml"), text, after))
    subprocess.run([*tool, "one.diff"], cwd=tmp_path, check=True, capture_output=True)
    assert file.read_text() == after
    assert tomllib.loads(after)["config"] == {"l2": 3.0, "more": 7}


def test_no_change_is_no_diff() -> None:
    assert not diff(Path("one.toml"), "a = 1\n", "a = 1\n")
