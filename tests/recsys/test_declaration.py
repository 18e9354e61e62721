"""A declaration says which algorithm, with what, and what it must reach; a wrong one is refused."""

from pathlib import Path

import pytest

from recsys.algorithms import ALGORITHMS
from recsys.declaration import Declaration
from recsys.errors import ConfigError

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


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_has_a_declaration_that_its_config_accepts(name: str) -> None:
    declaration = Declaration.read(SHELF / f"{name}.toml")
    assert declaration.algorithm == name
    assert declaration.gates
    ALGORITHMS[name](**declaration.config)
