"""The command that tells what each part of a hybrid adds looks at nothing that is to be found."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from recsys.cli import build
from tests.pipelines.benchmark.folders import write_sequences, write_shelf

HYBRID = """\
algorithm = "hybrid"
description = "For a test."

[config]
parts = ["popularity", "item-knn"]
"""


def made(folder: Path, viewers: int) -> list[str]:
    """Write histories and a shelf, and return the protocol with its options.

    Viewers watch twelve titles of one of two kinds, so that a neighbour tells more than the crowd.
    """
    random = np.random.default_rng(0)
    histories = {
        viewer: (30 * (viewer % 2) + random.permutation(30)[:12]).tolist()
        for viewer in range(viewers)
    }
    write_sequences(folder / "in", histories)
    shelf = write_shelf(folder / "shelf", "popularity", "item-knn")
    (shelf / "hybrid.toml").write_text(HYBRID)
    return ["leave-last-out", "--data", str(folder / "in"), "--shelf", str(shelf)]


def test_the_table_has_each_part_and_no_metric_of_what_is_to_be_found(tmp_path: Path) -> None:
    written = tmp_path / "ablation.json"
    given = ["benchmark", "ablation", *made(tmp_path, 400), "--json", str(written)]
    answer = CliRunner().invoke(build(), given)
    assert answer.exit_code == 0, answer.output
    said = json.loads(written.read_text())
    assert [row["part"] for row in said["rows"]] == ["popularity", "item-knn"]
    popularity, neighbours = said["rows"]
    assert neighbours["ndcg@10"] > popularity["ndcg@10"]
    assert popularity["credited"] + neighbours["credited"] == pytest.approx(1)
    low, high = neighbours["intervals"]["added"]
    assert low <= neighbours["added"] <= high
    assert "what each part of hybrid adds: leave-last-out" in answer.output
    assert f"{neighbours['ndcg@10']:.4f}" in answer.output


def test_a_model_without_parts_and_too_few_viewers_are_refused(tmp_path: Path) -> None:
    given = made(tmp_path, 12)
    alone = CliRunner().invoke(build(), ["benchmark", "ablation", *given, "--model", "item-knn"])
    assert "expected a model with parts, got item-knn" in str(alone.exception)
    few = CliRunner().invoke(build(), ["benchmark", "ablation", *given])
    assert "enough viewers to teach a ranker" in str(few.exception)
