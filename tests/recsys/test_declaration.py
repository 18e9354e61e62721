"""A declaration says which algorithm, with what, and what it must reach; a wrong one is refused."""

from pathlib import Path

import pytest

from recsys.algorithms import ALGORITHMS
from recsys.declaration import Declaration, Shelf
from recsys.errors import ConfigError
from recsys.ranking.build import build
from recsys.ranking.hybrid import Hybrid

SHELF = Path(__file__).parents[2] / "models"


def written(folder: Path, text: str) -> Path:
    (folder / "mine.toml").write_text(text)
    return folder / "mine.toml"


def test_a_declaration_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'algorithm = "ease"\ndescription = "Linear."\n[config]\nl2 = 7.0\n[gates]\n"ndcg@10" = 0.1\n',
    )
    found = Declaration.read(path)
    assert (found.name, found.algorithm, found.config, found.gates) == (
        "mine", "ease", {"l2": 7.0}, {"ndcg@10": 0.1},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("algorithm = ", "valid TOML"),
        ('algorithm = "ease"', "description"),
        ('algorithm = "ease"\ndescription = ""\ncolour = 1', "colour"),
        ('algorithm = "ease"\ndescription = ""\n[gates]\n"ndcg@10" = 1.5', "gates"),
        ('algorithm = "ease"\ndescription = ""\n[gates]\n"ndcg@10" = nan', "gates"),
    ],
)
def test_a_wrong_declaration_names_the_file_and_the_field(
    tmp_path: Path, text: str, message: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=message) as caught:
        Declaration.read(path)
    assert "mine.toml" in str(caught.value)


def test_the_files_name_is_the_models_name(tmp_path: Path) -> None:
    path = written(tmp_path, 'name = "other"\nalgorithm = "ease"\ndescription = ""')
    assert Declaration.read(path).name == "mine"


def test_a_name_that_is_not_on_the_shelf_gets_the_names_that_are(tmp_path: Path) -> None:
    written(tmp_path, "")
    with pytest.raises(ConfigError, match=r"one of \['mine'\], got theirs"):
        Declaration.read(tmp_path / "theirs.toml")


@pytest.fixture
def shelves(tmp_path: Path) -> Path:
    """A root with two models, and one of them declared anew for what comes next."""
    (tmp_path / "next").mkdir()
    for name, l2 in {"one": 1, "two": 1, "next/one": 9}.items():
        text = f'algorithm = "ease"\ndescription = ""\n[config]\nl2 = {l2}\n'
        (tmp_path / f"{name}.toml").write_text(text)
    return tmp_path


def test_a_question_has_models_of_its_own_and_takes_the_rest_from_the_root(shelves: Path) -> None:
    found = Shelf.of(shelves, "next")
    assert [found.read(name).config["l2"] for name in ("one", "two")] == [9, 1]
    assert Shelf.of(shelves).read("one").config["l2"] == 1
    assert Shelf.of(shelves, "rest").read("one").config["l2"] == 1


def test_a_folder_that_is_named_comes_before_all_others(shelves: Path) -> None:
    shelf = Shelf.of(shelves, "rest", first=shelves / "next")
    assert shelf.find("one") == shelves / "next" / "one.toml"
    assert shelf.find("two") == shelves / "two.toml"
    assert shelf.find("three") is None


def test_a_name_on_none_of_the_shelves_gets_the_names_that_are(shelves: Path) -> None:
    with pytest.raises(ConfigError, match=r"next or .* expected one of \['one', 'two'\], got x"):
        Shelf.of(shelves, "next").read("x")


def test_the_parts_of_a_hybrid_are_those_of_the_question(shelves: Path) -> None:
    (shelves / "popular.toml").write_text('algorithm = "popularity"\ndescription = ""\n')
    hybrid = Declaration(
        name="both",
        algorithm="hybrid",
        description="",
        config={"parts": ["one", "two", "popular"]},
    )
    model = build(hybrid, shelf=Shelf.of(shelves, "next"))
    assert isinstance(model, Hybrid)
    assert [model.parts[name].config.model_dump()["l2"] for name in ("one", "two")] == [9, 1]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_has_a_declaration_that_its_config_accepts(name: str) -> None:
    declaration = Declaration.read(SHELF / f"{name}.toml")
    assert declaration.algorithm == name
    assert declaration.gates
    ALGORITHMS[name](**declaration.config)
