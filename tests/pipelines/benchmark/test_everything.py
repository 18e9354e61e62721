"""All benchmarks are run once, go on where they were stopped, and end in one document."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.benchmark.document import slug
from pipelines.benchmark.elsewhere import write_question
from pipelines.benchmark.everything import everything
from pipelines.benchmark.leave_last_out import load
from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.published import published
from recsys.errors import InputError
from tests.pipelines.benchmark.folders import write_answer, write_lines, write_shelf
from tests.pipelines.benchmark.test_ablation import made as made_with_parts

TINY = {
    "full-ranking": PROTOCOLS["full-ranking"].model_copy(
        update={"models": ("popularity", "ease"), "ablated": "", "runs": ({"data": "tiny"},)}
    )
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("all")
    write_lines(root / "data" / "tiny", "1 1 2\n2 2 3\n3 1 3\n", "1 3\n2 1\n3 2\n")
    write_shelf(root / "shelf", "popularity", "ease")
    text = "[config]\nmemory_gb = 1e-9\n"
    with (root / "shelf" / "ease.toml").open("a") as file:
        file.write(text)
    (root / "docs" / "benchmarks" / "notes").mkdir(parents=True)
    for name in ("full-ranking", "other"):
        note = root / "docs" / "benchmarks" / "notes" / f"{name}.md"
        note.write_text(f"### By hand\nBy hand about {name}.\n")
    return {name: root / name for name in ("data", "shelf", "kept", "docs")}


def made(places: dict[str, Path], *, fresh: bool = False) -> dict[str, Any]:
    document = places["docs"] / "benchmarks.md"
    everything(
        places["data"], places["shelf"], places["kept"], document, protocols=TINY, fresh=fresh
    )
    (answer,) = (places["kept"] / "answers").glob("*.json")
    content: dict[str, Any] = json.loads(answer.read_text())
    return content


def test_what_was_fitted_is_not_fitted_again_unless_asked_and_all_stands_in_the_document(
    places: dict[str, Path],
) -> None:
    first = made(places)
    assert [row["model"] for row in first["rows"]] == ["popularity"]
    # A model that refuses takes nobody's row away.
    assert "which need" in first["refused"]["ease"]
    document = (places["docs"] / "benchmarks.md").read_text()
    assert "recsys benchmark full-ranking --data path/to/tiny\n" in document
    assert first["rows"][0]["digest"] in document
    assert document.index("| popularity |") < document.index("By hand about full-ranking.")
    assert document.rstrip().endswith("By hand about other.")
    drawn = (places["docs"] / "benchmarks" / "full-ranking-tiny.svg").read_text()
    assert "popularity" in drawn
    (trial,) = (places["kept"] / "trials").rglob("trial.json")
    facts = json.loads(trial.read_text())
    trial.write_text(json.dumps({**facts, "fit_seconds": 123.0}))
    assert made(places)["rows"][0]["fit_seconds"] == 123.0
    again = made(places, fresh=True)
    assert again["rows"][0]["fit_seconds"] < 100
    assert again["rows"][0]["metrics"] == first["rows"][0]["metrics"]


def test_a_protocol_that_is_left_out_and_not_kept_stays_in_the_document_as_it_was(
    places: dict[str, Path], tmp_path: Path
) -> None:
    made(places)
    document = places["docs"] / "benchmarks.md"
    before = document.read_text()
    given = (places["data"], places["shelf"])
    others = {"leave-last-out": PROTOCOLS["leave-last-out"], **TINY}
    # Another folder of answers, as where they were cleaned away.
    everything(*given, tmp_path / "none", document, protocols=others, only=["ncf"])
    assert document.read_text() == before
    everything(*given, tmp_path / "some", document, protocols=others, only=["full-ranking"])
    assert document.read_text().count("## Full ranking: tiny\n") == 1
    assert document.read_text().count("By hand about") == 2


def test_data_that_are_missing_are_told_before_anything_is_fitted(
    places: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="set RECSYS_DATA"):
        everything(tmp_path, places["shelf"], tmp_path / "kept", tmp_path / "b.md", protocols=TINY)
    assert list(tmp_path.iterdir()) == []


def test_what_parts_add_what_rivals_answered_and_where_time_went_stand_in_the_document(
    tmp_path: Path,
) -> None:
    made_with_parts(tmp_path, viewers=400)
    hybrid = ("popularity", "item-knn", "hybrid")
    runs = ({"data": "in"},)
    told = {"models": hybrid, "deep": {}, "ablated": "hybrid", "runs": runs}
    protocol = PROTOCOLS["leave-last-out"].model_copy(update=told)
    question = tmp_path / "question"
    write_question(question, protocol, load(tmp_path / "in"))
    answers = tmp_path / "kept" / "rivals" / "leave-last-out-in" / "answers"
    write_answer(answers, question, [("1", 1, "4")])
    given = (tmp_path, tmp_path / "shelf", tmp_path / "kept", tmp_path / "b.md")
    everything(*given, protocols={"leave-last-out": protocol})
    (answer,) = (
        json.loads(path.read_text()) for path in (tmp_path / "kept").rglob("answers/leave*")
    )
    assert [row["model"] for row in answer["rows"]] == ["theirs", *hybrid]
    assert [row["part"] for row in answer["parts"]["rows"]] == ["popularity", "item-knn"]
    assert any(name.startswith("ranking.") for name in answer["rows"][-1]["profile"])
    document = (tmp_path / "b.md").read_text()
    added = answer["parts"]["rows"][1]["added"]
    for said in ("| theirs |", f"| {added:+.4f} [", "Where fitting spends its time", "`ranking."):
        assert said in document
    (kept,) = (tmp_path / "kept" / "trials").rglob("ablation-hybrid-*.json")
    kept.write_text(json.dumps({**answer["parts"], "rows": []}))
    everything(*given, protocols={"leave-last-out": protocol})
    assert "What each part of hybrid adds" in (tmp_path / "b.md").read_text()
    assert f"| {added:+.4f} [" not in (tmp_path / "b.md").read_text()


def test_published_rows_stand_beside_exactly_their_test_part() -> None:
    known = "68cf72eee938068011b4c0f39c78f8c3514b9f6964e6e7218b0914e8db47d279"
    answer = {"benchmark": "leave-last-out", "test_sha256": known, "split": {}}
    assert {one.model for one in published(answer)} >= {"SASRec", "HSTU-large"}
    assert published({**answer, "test_sha256": "0" * 64}) == []
    assert published({**answer, "benchmark": "temporal"}) == []
    assert published({**answer, "split": {"offered_sha256": "1"}}) == []


def test_options_are_part_of_an_answers_name() -> None:
    answer = {"benchmark": "ncf", "data": "a_b", "options": {"fold_in": "random"}}
    assert slug(answer) == "ncf-a-b-fold-in-random"


def test_every_protocol_names_metrics_that_its_lists_have() -> None:
    for protocol in PROTOCOLS.values():
        lengths = {f"@{k}" for k in protocol.ks}
        for name in (*protocol.shown, *protocol.compared, protocol.plotted):
            assert name[name.index("@") :] in lengths
