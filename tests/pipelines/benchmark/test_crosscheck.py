"""The judgement by others' metrics knows what it has to compare, and is not content with nothing."""

import json
from pathlib import Path

import pandas as pd

from tests.crosscheck import judge


def written(folder: Path, models: list[str], rows: list[str]) -> list[str]:
    """Write lists of some models, and an answer that has no figures but the coverage of some."""
    lists, answer = folder / "lists.parquet", folder / "answer.json"
    columns = {"model": ["held-out", *models], "viewer": "1", "title": "2"}
    pd.DataFrame(columns).assign(rank=1).to_parquet(lists)
    said = [{"model": model, "metrics": {"coverage@10": 0.5}} for model in rows]
    answer.write_text(json.dumps({"rows": said}))
    return [str(lists), str(answer)]


def test_five_metrics_are_expected_of_every_model_and_length(tmp_path: Path) -> None:
    lists, answer = written(tmp_path, ["a", "b"], ["a"])
    expected = judge.expected(Path(lists), Path(answer))
    assert len(expected) == 2 * 5
    assert ("b", "ndcg@10") in expected


def test_nothing_to_compare_is_a_failure(tmp_path: Path) -> None:
    assert judge.main([]) == 1
    assert judge.main(written(tmp_path, [], [])) == 1
    assert judge.main(written(tmp_path, ["a"], [])) == 1
