"""MLflow shows runs with their figures and reports, and which version is the champion."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipelines import tracking
from pipelines.tracking import crown, log_evaluation
from recsys.bundle import Bundle, open_bundle, write
from recsys.declaration import Declaration
from recsys.evaluate import Evaluation
from recsys.metrics.interval import mean_interval
from recsys.settings import Settings

VALUES = np.array([0.25, 0.75])
EVALUATION = Evaluation(
    recommended=np.zeros((2, 10), np.int32),
    values={"ndcg@10": VALUES},
    means={"ndcg@10": mean_interval(VALUES), "mrr@10": mean_interval(np.array([np.nan]))},
    slices=(),
    score_seconds=0.0,
)
DECLARATION = Declaration(
    name="ease", algorithm="ease", description="", config={"l2": 200.0, "part": {"depth": 3}}
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(store=tmp_path_factory.mktemp("store"))


def bundle(parent: Path, model: str, content: str) -> Bundle:
    return write(
        parent,
        lambda directory: (directory / "weights").write_text(content) and None,
        model=model,
        trained_until=datetime(2024, 3, 1, tzinfo=UTC),
        metrics={"ndcg@10": 0.5},
    )


def test_a_run_has_parameters_figures_and_the_report(settings: Settings, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("<h1>Evaluation</h1>")
    run_id = log_evaluation(settings, DECLARATION, EVALUATION, report, data="tiny")
    with tracking._client(settings) as client:
        run = client.get_run(run_id)
        kept = [file.path for file in client.list_artifacts(run_id)]
    assert run.data.params == {"algorithm": "ease", "config.l2": "200.0", "config.part.depth": "3"}
    assert run.data.metrics["ndcg_at_10"] == (0.25 + 0.75) / 2
    assert set(run.data.metrics) == {"ndcg_at_10", "ndcg_at_10_low", "ndcg_at_10_high"}
    assert run.data.tags["data"] == "tiny"
    assert kept == ["report.html"]
    assert run.info.artifact_uri.startswith((settings.store / "mlartifacts").as_uri())


def test_there_is_one_champion_whatever_its_model(settings: Settings, tmp_path: Path) -> None:
    made = [bundle(tmp_path, *one) for one in (("ease", "1"), ("ease", "2"), ("als", "1"))]
    for one in (*made, made[0]):
        crown(settings, one)
    with tracking._client(settings) as client:
        models = {model.name: model for model in client.search_registered_models()}
        champion = client.get_model_version_by_alias("ease", "champion")
        versions = client.search_model_versions("name = 'ease'")
    assert models["als"].aliases == {}
    assert champion.tags["bundle"] == made[0].id
    assert len(versions) == 2


def test_a_version_holds_its_whole_bundle(settings: Settings, tmp_path: Path) -> None:
    made = bundle(tmp_path / "registry", "whole", "1")
    crown(settings, made)
    shutil.rmtree(tmp_path / "registry")
    with tracking._client(settings) as client:
        version = client.get_model_version_by_alias("whole", "champion")
    kept = open_bundle(Path(version.source.removeprefix("file://")))
    assert kept.id == made.id


def test_the_door_costs_nothing_until_it_is_opened() -> None:
    loaded = "import sys, pipelines.tracking; print('mlflow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
