"""The benchmark fits each model in a process of its own and writes the JSON that all write."""

import json
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.result import Result
from pipelines.benchmark.run import run
from pipelines.benchmark.temporal import load
from pipelines.benchmark.trial import hyperparameters, peak_rss_bytes
from recsys.declaration import Shelf
from recsys.errors import ConfigError, InputError
from tests.recsys import subjects

VIEWERS, FILMS = 40, 30


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder in MovieLens's form, in which two tastes part the viewers; and a shelf."""
    data, shelf = tmp_path_factory.mktemp("ml-made"), tmp_path_factory.mktemp("shelf")
    rng = np.random.default_rng(0)
    films = [
        f"{film},Film {film} (2000),{'Drama' if film % 2 else 'Comedy'}" for film in range(FILMS)
    ]
    (data / "movies.csv").write_text("\n".join(["movieId,title,genres", *films]) + "\n")
    rows = [
        f"{viewer},{2 * film + viewer % 2},4.0,{1_600_000_000 + int(rng.integers(100)) * 86_400}"
        for viewer in range(VIEWERS)
        for film in rng.choice(FILMS // 2, 8, replace=False).tolist()
    ]
    (data / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *rows]) + "\n")
    for name in ("popularity", "ease"):
        text = f'algorithm = "{name}"\ndescription = "For a test."\n'
        (shelf / f"{name}.toml").write_text(text)
    (shelf / "wrong.toml").write_text('algorithm = "nothing"\ndescription = "For a test."\n')
    return data, shelf


def temporal(data: Path, models: list[str], shelf: Path) -> Result:
    return run(PROTOCOLS["temporal"], lambda: load(data, share=0.3), models, Shelf.of(shelf))


def test_rows_and_paired_differences_are_written(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    result = temporal(folders[0], ["ease", "popularity"], folders[1])
    result.write(tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["benchmark"] == "temporal"
    assert len(written["test_sha256"]) == 64
    models = [row["model"] for row in written["rows"]]
    assert models == ["ease", "popularity", "popularity-7d", "popularity-30d"]
    for row in written["rows"]:
        assert {"ndcg@10", "recall@20", "coverage@10"} <= row["metrics"].keys()
        for name, (low, high) in row["intervals"].items():
            assert low <= row["metrics"][name] <= high
        assert row["peak_rss_bytes"] > 50e6
        assert row["fit_seconds"] >= 0
    assert [row["config"].get("half_life_days") for row in written["rows"][1:]] == [None, 7, 30]
    rivals = {(one["model"], one["rival"]) for one in written["paired"]}
    assert rivals == {("popularity-30d", rival) for rival in models[:-1]}
    means = {row["model"]: row["metrics"]["ndcg@10"] for row in written["rows"]}
    first = written["paired"][0]
    assert first["difference"] == pytest.approx(means["popularity-30d"] - means["ease"])
    assert means["ease"] > means["popularity"]


def test_a_model_that_is_not_on_the_shelf_is_refused_before_anything_is_read(
    folders: tuple[Path, Path],
) -> None:
    with pytest.raises(ConfigError, match="got nobody"):
        temporal(folders[0] / "missing", ["nobody"], folders[1])


def test_a_missing_folder_is_refused(folders: tuple[Path, Path]) -> None:
    with pytest.raises(InputError, match="missing"):
        temporal(folders[0] / "missing", ["ease"], folders[1])


def test_a_wrong_declaration_is_refused_before_anything_is_read(
    folders: tuple[Path, Path],
) -> None:
    with pytest.raises(ConfigError, match="got nothing"):
        temporal(folders[0] / "missing", ["wrong"], folders[1])


def test_an_error_crosses_from_one_process_to_another() -> None:
    said = InputError(expected="a file", got=3, where=Path("x"), hint="Look")
    ours, theirs = multiprocessing.Pipe()
    theirs.send(said)
    heard = ours.recv()
    assert type(heard) is InputError
    assert str(heard) == str(said)


def test_peak_memory_holds_what_was_used_and_given_back() -> None:
    block = np.ones(300_000_000, np.int8)
    assert block[-1] == 1
    del block
    assert peak_rss_bytes() > 300_000_000


def test_a_hybrids_hyperparameters_hold_those_of_its_parts() -> None:
    said = hyperparameters(subjects.hybrid())
    assert said["quota"] == 10
    assert list(said["parts"]) == ["item-knn", "als", "ease", "content", "popularity"]
    assert said["parts"]["ease"]["l2"] == 0.3
