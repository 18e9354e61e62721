"""`recsys evaluate` judges declared models on the store, beside the champion, and reports."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.evaluation import evaluate_models
from pipelines.files import lock
from recsys.errors import BusyError, ConfigError, InputError
from recsys.interactions import Interactions
from recsys.schema import INTERACTIONS
from recsys.settings import Settings
from recsys.titles import Titles

CUT = datetime(2024, 2, 1, tzinfo=UTC)


@pytest.fixture
def settings(small_world: tuple[Interactions, Titles], tmp_path: Path) -> Settings:
    """A store whose interactions are built, and a shelf of two models."""
    interactions, titles = small_world
    history = interactions.histories
    table = pa.table(
        {
            "pseudonym": interactions.viewer_ids.external(history.viewers).astype(str),
            "title_id": interactions.title_ids.external(history.titles).astype(str),
            "weight": history.weights,
            "first_at": pa.array(history.first_at),
            "last_at": pa.array(history.occurred_at),
            "sequence": np.arange(len(interactions), dtype=np.int32),
            "watched_portion": history.watched_portion,
            "region": history.regions[history.viewers],
            "device_type": pa.nulls(len(interactions), pa.string()),
        }
    ).cast(INTERACTIONS)
    store, shelf = tmp_path / "store", tmp_path / "shelf"
    for folder in (store / "built", store / "lake", shelf):
        folder.mkdir(parents=True)
    pq.write_table(titles.table, store / "lake" / "titles.parquet")
    pq.write_table(table, store / "built" / "interactions.parquet")
    known = table.filter(pc.less(table["last_at"], pa.scalar(CUT)))
    pq.write_table(known, store / "built" / "known.parquet")
    moments = {"cut": CUT.isoformat(), "until": "2024-03-02T00:00:00+00:00"}
    (store / "built" / "moments.json").write_text(json.dumps(moments))
    for name in ("popularity", "item-knn"):
        text = f'algorithm = "{name}"\ndescription = "For a test."\n'
        (shelf / f"{name}.toml").write_text(text)
    return Settings(store=store, registry=tmp_path / "registry", declarations=shelf)


def test_models_are_judged_on_the_same_split_and_the_report_lies_in_the_store(
    settings: Settings, tmp_path: Path
) -> None:
    outcome = evaluate_models(settings, ["item-knn", "popularity"], track=False)
    outcome.write(tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text())
    assert [row["model"] for row in written["rows"]] == ["item-knn", "popularity"]
    assert written["cut"] == "2024-02-01T00:00:00Z"
    assert written["champion"] is None
    means = [row["metrics"]["ndcg@10"] for row in written["rows"]]
    assert written["paired"][0]["difference"] == pytest.approx(means[0] - means[1])
    assert outcome.report == settings.store / "reports" / "item-knn-2024-02-01.html"
    assert "Compared on the same viewers" in outcome.report.read_text()


def test_a_second_evaluation_writes_the_same_report(settings: Settings) -> None:
    first = evaluate_models(settings, ["popularity"], track=False).report.read_bytes()
    assert evaluate_models(settings, ["popularity"], track=False).report.read_bytes() == first


def test_while_a_night_is_at_work_nothing_is_read_or_built(settings: Settings) -> None:
    with lock(settings.store / "night.lock"), pytest.raises(BusyError):
        evaluate_models(settings, ["popularity"], track=False)
    assert not (settings.store / "reports").exists()


def test_what_mlflow_gets_holds_no_history(settings: Settings) -> None:
    evaluate_models(settings, ["popularity"])
    kept = list((settings.store / "mlartifacts").rglob("*.html"))
    assert len(kept) == 1
    assert "watched last" not in kept[0].read_text()


def test_what_cannot_be_evaluated_is_refused_and_nothing_is_written(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="got nobody"):
        evaluate_models(settings, ["nobody"], track=False)
    with pytest.raises(ConfigError, match="at least one model"):
        evaluate_models(settings, [], track=False)
    with pytest.raises(ConfigError, match="--days"):
        evaluate_models(settings, ["popularity"], days=0, track=False)
    bare = settings.model_copy(update={"store": tmp_path / "bare"})
    with pytest.raises(InputError, match="lake"):
        evaluate_models(bare, ["popularity"], track=False)
    assert not (settings.store / "reports").exists()
    assert not (tmp_path / "bare").exists()
