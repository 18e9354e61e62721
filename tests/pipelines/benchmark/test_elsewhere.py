"""A question goes out without what is to be found, and lists of others are judged beside ours."""

import ast
import json
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from pipelines.benchmark.leave_last_out import load
from pipelines.recipe import Recipe
from recsys.cli import build
from recsys.errors import ConfigError, InputError
from recsys.evaluate import judge, recommend
from tests.pipelines.benchmark.folders import write_answer, write_ncf, write_sequences, write_shelf
from tests.rivals import answer as elsewhere
from tests.rivals import tune
from tests.rivals.question import Question, key_of

Histories: TypeAlias = dict[int, list[int]]
Lists: TypeAlias = list[tuple[str, int, str]]

HISTORIES: Histories = {1: [2, 1, 4], 2: [1, 2], 3: [1, 3], 4: [2, 3, 4, 1]}


def two_tastes(viewers: int, watched: int) -> Histories:
    """Viewers watch some of the thirty titles of their taste, in any order."""
    random = np.random.default_rng(0)
    return {
        viewer: (30 * (viewer % 2) + random.permutation(30)[:watched]).tolist()
        for viewer in range(viewers)
    }


def asked(folder: Path, *given: str, histories: Histories = HISTORIES) -> Result:
    shelf = write_shelf(folder / "shelf", "popularity")
    data = write_sequences(folder / "in", histories)
    line = ["leave-last-out", "--data", str(data), "--shelf", str(shelf), "--models", "popularity"]
    return CliRunner().invoke(build(), ["benchmark", *line, *given])


def exported(folder: Path, *given: str, histories: Histories = HISTORIES) -> Path:
    result = asked(folder, "--export", str(folder / "question"), *given, histories=histories)
    assert result.exit_code == 0, result.output
    return folder / "question"


def answered(folder: Path, lists: Lists, histories: Histories = HISTORIES, **said: object) -> Path:
    """Write what a rival says, and its lists of ``(viewer, rank, title)``."""
    question = exported(folder, histories=histories)
    return write_answer(folder / "answers", question, lists, **said)


def test_a_question_has_histories_in_order_and_nothing_of_what_is_to_be_found(
    tmp_path: Path,
) -> None:
    folder = exported(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        "asked.parquet",
        "question.json",
        "train.parquet",
    ]
    about = json.loads((folder / "question.json").read_text())
    assert (about["benchmark"], about["n"]) == ("leave-last-out", 20)
    for name in ("train", "asked"):
        rows = pd.read_parquet(folder / f"{name}.parquet").sort_values(["viewer", "place"])
        told = rows.groupby("viewer")["title"].apply(list).to_dict()
        assert told == {"1": ["2", "1"], "2": ["1"], "3": ["1"], "4": ["2", "3", "4"]}


def test_lists_of_others_are_judged_by_arithmetic_beside_our_own(tmp_path: Path) -> None:
    """Of four viewers one gets the title at the first place, one at the second, two nothing."""
    there = answered(tmp_path, [("1", 1, "4"), ("2", 1, "3"), ("2", 2, "2"), ("3", 1, "4")])
    written = tmp_path / "answer.json"
    result = asked(tmp_path, "--beside", str(there), "--json", str(written))
    assert result.exit_code == 0, result.output
    theirs, ours = json.loads(written.read_text())["rows"]
    assert (theirs["model"], ours["model"]) == ("theirs", "popularity")
    assert theirs["metrics"]["hr@10"] == 2 / 4
    assert theirs["metrics"]["ndcg@10"] == pytest.approx((1 + 0.6309297535714575) / 4)
    assert theirs["fit_seconds"] == 1.5
    assert theirs["config"] == {"library": "theirs 1.0", "k": 3}


def raced(folder: Path, histories: Histories, lists: Lists, *given: str) -> dict[str, Any]:
    """Let at most three sweeps of ALS race against a rival with these lists, whose fit took 1.5 s."""
    written, there = folder / "race.json", answered(folder, lists, histories)
    line = ["time-to-quality", "leave-last-out", "--data", str(folder / "in"), "--most", "3"]
    line += ["--beside", str(there), "--shelf", str(als_shelf(folder)), "--rival", "theirs"]
    result = CliRunner().invoke(build(), ["benchmark", *line, "--json", str(written), *given])
    if result.exception is not None:
        raise result.exception
    said: dict[str, Any] = json.loads(written.read_text())
    return said


def als_shelf(folder: Path) -> Path:
    shelf = write_shelf(folder / "shelf", "popularity")
    text = 'algorithm = "als"\ndescription = "For a test."\n[config]\nfactors = 4\n'
    (shelf / "als.toml").write_text(text)
    return shelf


def swept(folder: Path, sweeps: int) -> tuple[float, Lists]:
    """Return the NDCG@10 of ALS after some sweeps, and its lists."""
    data, declared = load(folder / "in"), Recipe.read(als_shelf(folder), "als")
    config = {**declared.declaration.config, "iterations": sweeps}
    recipe = Recipe(declared.declaration.model_copy(update={"config": config}), declared.shelf)
    model = recipe.fit(data.split.train, data.titles)
    ids, _ = recommend(model, data.split.histories, 20)
    judged = judge(ids, data.split, titles=data.titles, ks=(10, 20))
    rows, places = np.nonzero(ids >= 0)
    titles = data.split.train.title_ids.external(ids[rows, places])
    lists = zip(data.split.viewers[rows], (places + 1).tolist(), titles, strict=True)
    return judged.means["ndcg@10"].mean, list(lists)


def test_the_time_to_a_rivals_quality_is_of_the_first_fit_that_is_as_good(tmp_path: Path) -> None:
    """The rival's lists are our own after two sweeps, which are better than those after one."""
    histories = two_tastes(80, 8)
    write_sequences(tmp_path / "in", histories)
    (once, _), (twice, lists) = swept(tmp_path, 1), swept(tmp_path, 2)
    assert once < twice
    said = raced(tmp_path, histories, lists)
    assert (said["iterations"], said["reached"]) == (2, True)
    assert said["theirs"] == said["ours"] == pytest.approx(twice)
    assert said["ratio"] == said["our_seconds"] / 1.5


def test_a_rival_that_finds_everything_at_once_is_never_reached(tmp_path: Path) -> None:
    lists = [(str(viewer), 1, str(titles[-1])) for viewer, titles in HISTORIES.items()]
    said = raced(tmp_path, HISTORIES, lists)
    assert (said["iterations"], said["reached"], said["theirs"]) == (3, False, 1)
    assert said["ours"] < 1


def test_a_model_without_iterations_and_an_unknown_rival_cannot_race(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a model that takes iterations, such as als or bpr"):
        raced(tmp_path / "model", HISTORIES, [("1", 1, "3")], "--model", "popularity")
    with pytest.raises(InputError, match=r"expected one of \['theirs'\], got nobody"):
        raced(tmp_path / "rival", HISTORIES, [("1", 1, "3")], "--rival", "nobody")


@pytest.mark.parametrize(
    ("lists", "complaint"),
    [
        ([("9", 1, "4")], "expected a viewer who is asked"),
        ([("1", 1, "9")], "expected a title of the catalog"),
        ([("1", 21, "4")], "expected a rank from 1 to 20"),
        ([("1", 0, "4")], "expected a rank from 1 to 20"),
        ([("1", 1, "4"), ("1", 1, "3")], "row 1: expected each rank of a viewer once"),
        ([("1", 1, "4"), ("1", 2, "4")], "row 1: expected each title of a viewer once"),
    ],
)
def test_lists_that_no_question_asked_for_are_refused(
    tmp_path: Path, lists: Lists, complaint: str
) -> None:
    result = asked(tmp_path, "--beside", str(answered(tmp_path, lists)))
    assert complaint in str(result.exception)


def test_an_answer_to_another_question_or_of_another_form_is_refused(tmp_path: Path) -> None:
    for name, said, complaint in (
        ("other", {"digest": "0" * 16}, "expected an answer to question"),
        ("form", {"fit_seconds": "long"}, "expected what a rival says of its answer"),
    ):
        there = answered(tmp_path / name, [("1", 1, "4")], **said)
        result = asked(tmp_path / name, "--beside", str(there))
        assert complaint in str(result.exception)
    (tmp_path / "none").mkdir()
    assert "answers of rivals" in str(asked(tmp_path, "--beside", str(tmp_path / "none")).exception)


def test_a_folder_with_other_files_and_a_protocol_of_offers_are_not_exported(
    tmp_path: Path,
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("kept")
    result = asked(tmp_path, "--export", str(tmp_path / "full"))
    assert "expected an empty folder" in str(result.exception)
    assert (tmp_path / "full" / "mine.txt").read_text() == "kept"
    folder = write_ncf(tmp_path / "ncf", [(0, 0), (1, 1)], [(0, 1), (1, 0)], [[2], [2]])
    given = ["ncf", "--data", str(folder), "--export", str(tmp_path / "question")]
    offers = CliRunner().invoke(build(), ["benchmark", *given])
    assert "titles of the whole catalog" in str(offers.exception)


def test_every_rival_is_declared_for_a_library_that_has_requirements() -> None:
    folder = elsewhere.SETTINGS.parent
    for name, rival in elsewhere.declared().items():
        assert (folder / f"{rival['library']}.txt").is_file(), name
        code = ast.parse((folder / f"by_{rival['library']}.py").read_text())
        makers = {one.name: one for one in code.body if isinstance(one, ast.FunctionDef)}
        taken = {one.arg for one in makers[rival["kind"]].args.kwonlyargs}
        assert all(set(config) == taken for config in rival["settings"].values()), name
        assert set(rival.get("grid", {})) <= taken, name
        assert set(rival["settings"]) <= {
            "leave-last-out",
            "strong-generalisation-time",
            "strong-generalisation-random",
        }


# It turns what it is given into another form by itself, and complains of that.
@pytest.mark.filterwarnings("ignore:Method expects CSR input")
def test_a_library_that_is_here_answers_and_is_judged_beside_our_own(tmp_path: Path) -> None:
    """A list of 20 of the 48 unseen titles has 4 in 10 by chance, and all if it has but those of the taste."""
    histories = two_tastes(200, 12)
    question, answers = exported(tmp_path, histories=histories), tmp_path / "answers"
    answers.mkdir()
    declared = elsewhere.declared()
    names = [name for name, one in declared.items() if one["library"] == "implicit"]
    for name in names:
        # More factors than there are tastes would learn so small a world by heart.
        config = declared[name]["settings"]["leave-last-out"]
        few = {**config, "factors": 2} if "factors" in config else config
        elsewhere.answer(question, answers / name, declared[name], few)
    written = tmp_path / "answer.json"
    given = ["--beside", str(answers), "--json", str(written)]
    result = asked(tmp_path, *given, histories=histories)
    assert result.exit_code == 0, result.output
    rows = {row["model"]: row for row in json.loads(written.read_text())["rows"]}
    assert list(rows) == ["implicit-als", "implicit-bpr", "implicit-item-knn", "popularity"]
    for name in ("implicit-als", "implicit-item-knn"):
        assert rows[name]["metrics"]["hr@20"] > 0.6, name
        assert rows[name]["config"]["library"].startswith("implicit 0.7")


@pytest.mark.filterwarnings("ignore:Method expects CSR input")
def test_settings_are_chosen_on_a_validation_part_which_tells_what_is_to_be_found(
    tmp_path: Path,
) -> None:
    folder = exported(tmp_path, "--part", "validation", histories=two_tastes(80, 8))
    question = Question.read(folder)
    held_out = pd.read_parquet(folder / "held_out.parquet")
    assert sorted(held_out["viewer"]) == sorted(question.viewers)
    # Half of the viewers get theirs in the second place, which gains 1 / log2(3).
    titles = question.titles.tolist()
    theirs = held_out.set_index("viewer")["title"].to_dict()
    found = np.full((80, 20), -1)
    found[:40, 1] = [titles.index(theirs[viewer]) for viewer in question.viewers[:40]]
    assert tune.ndcg(question, found, held_out, 10) == pytest.approx(0.5 / np.log2(3))
    best = tune.main(folder, "implicit-item-knn")
    assert set(best) == {"weighting", "neighbours"}


def test_a_grid_is_climbed_until_no_setting_is_better() -> None:
    """The quality is best at (3, 2), which is reached from (1, 1) by each setting in turn."""
    grid = {"a": [1, 2, 3, 4], "b": [1, 2]}
    best = tune.climbed({"a": 1, "b": 1}, grid, lambda one: -abs(one["a"] - 3) + one["b"])
    assert best == {"a": 3, "b": 2}
    assert tune.at_end(best, grid) == ["b"]


def test_settings_are_looked_up_by_how_histories_are_folded_in() -> None:
    about = {"benchmark": "strong-generalisation", "split": {"fold_in": "random"}}
    assert key_of(about) == "strong-generalisation-random"
    assert key_of({"benchmark": "leave-last-out", "split": {}}) == "leave-last-out"


def test_a_rival_reads_the_question_as_it_was_written(tmp_path: Path) -> None:
    question = Question.read(exported(tmp_path))
    assert question.viewers.tolist() == ["1", "2", "3", "4"]
    assert question.titles.tolist() == ["1", "2", "3", "4"]
    expected = [[1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 1, 1]]
    assert question.train.toarray().tolist() == question.asked.toarray().tolist() == expected
    assert question.all_known
