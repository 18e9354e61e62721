"""A question goes out without what is to be found, and lists of others are judged beside ours."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from recsys.cli import build
from tests.pipelines.benchmark.folders import write_ncf, write_sequences, write_shelf
from tests.rivals import answer as elsewhere
from tests.rivals.question import Question

HISTORIES = {1: [2, 1, 4], 2: [1, 2], 3: [1, 3], 4: [2, 3, 4, 1]}


def asked(folder: Path, *given: str) -> Result:
    shelf = write_shelf(folder / "shelf", "popularity")
    data = write_sequences(folder / "in", HISTORIES)
    line = ["leave-last-out", "--data", str(data), "--shelf", str(shelf), "--models", "popularity"]
    return CliRunner().invoke(build(), ["benchmark", *line, *given])


def exported(folder: Path) -> Path:
    result = asked(folder, "--export", str(folder / "question"))
    assert result.exit_code == 0, result.output
    return folder / "question"


def answered(folder: Path, lists: list[tuple[str, int, str]], **said: object) -> Path:
    """Write what a rival says, and its lists of ``(viewer, rank, title)``."""
    digest = json.loads((exported(folder) / "question.json").read_text())["digest"]
    about = {
        "digest": digest,
        "library": "theirs 1.0",
        "config": {"k": 3},
        "fit_seconds": 1.5,
        "score_seconds": 0.5,
        "peak_rss_bytes": 10**8,
        **said,
    }
    there = folder / "answers"
    there.mkdir()
    (there / "theirs.json").write_text(json.dumps(about))
    columns = dict(zip(("viewer", "rank", "title"), zip(*lists, strict=True), strict=True))
    pq.write_table(pa.table(columns), there / "theirs.parquet")
    return there


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


def test_the_time_to_a_rivals_quality_is_of_the_first_fit_that_is_as_good(tmp_path: Path) -> None:
    """The rival found nothing, which one sweep surpasses or equals; its 1.5 s are what ours are measured by."""
    there = answered(tmp_path, [("1", 1, "3")])
    (tmp_path / "shelf" / "als.toml").write_text('algorithm = "als"\ndescription = "For a test."\n')
    written = tmp_path / "race.json"
    line = ["benchmark", "time-to-quality", "leave-last-out", "--data", str(tmp_path / "in")]
    line += ["--beside", str(there), "--shelf", str(tmp_path / "shelf"), "--rival", "theirs"]
    result = CliRunner().invoke(build(), [*line, "--json", str(written)])
    assert result.exit_code == 0, result.output
    said = json.loads(written.read_text())
    assert (said["iterations"], said["reached"], said["theirs"]) == (1, True, 0)
    assert said["ratio"] == said["our_seconds"] / 1.5
    refused = CliRunner().invoke(build(), [*line, "--model", "popularity"])
    assert "a model that takes iterations" in str(refused.exception)
    nobody = CliRunner().invoke(build(), [*line[:-1], "nobody"])
    assert "expected one of ['theirs'], got nobody" in str(nobody.exception)


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
    tmp_path: Path, lists: list[tuple[str, int, str]], complaint: str
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
        assert f"def {rival['kind']}(" in (folder / f"by_{rival['library']}.py").read_text()
        assert set(rival["settings"]) <= {"leave-last-out", "strong-generalisation"}


def test_a_rival_reads_the_question_as_it_was_written(tmp_path: Path) -> None:
    question = Question.read(exported(tmp_path))
    assert question.viewers.tolist() == ["1", "2", "3", "4"]
    assert question.titles.tolist() == ["1", "2", "3", "4"]
    expected = [[1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 1, 1]]
    assert question.train.toarray().tolist() == question.asked.toarray().tolist() == expected
    assert question.all_known
