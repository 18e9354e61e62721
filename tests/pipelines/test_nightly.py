"""A night publishes what is good enough, keeps what is better, skips what is done, and survives a kill."""

import json
import random
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.files import lock
from pipelines.nightly.night import run_night
from pipelines.nightly.outcome import NightReport
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.tracking import _client
from recsys.bundle import open_bundle
from recsys.cli import build
from recsys.context import Context
from recsys.errors import BusyError, ConfigError
from recsys.schema import TIME
from recsys.settings import Settings
from serving.bundles import load
from tests.pipelines.nights import content, night_settings, quiet


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return night_settings(tmp_path)


def night(settings: Settings, model: str) -> NightReport:
    return run_night(settings, model, display=quiet())


def scramble(store: Path) -> None:
    """Have each event be about the title of another, as an upstream join that went wrong does."""
    rng = np.random.default_rng(0)
    for path in sorted((store / "raw" / "events").rglob("*.parquet")):
        table = pq.ParquetFile(path).read()
        at, moved = table.schema.get_field_index("title_id"), rng.permutation(len(table))
        titles = table["title_id"].take(pa.array(moved))
        pq.write_table(table.set_column(at, table.schema.field(at), titles), path)


def hold_back(store: Path, *, days: int) -> Path:
    """Leave the last days of events out; return where all events are."""
    whole = store.parent / "whole"
    shutil.copytree(store / "raw" / "events", whole)
    paths = sorted((store / "raw" / "events").rglob("*.parquet"))
    tables = {path: pq.ParquetFile(path).read() for path in paths}
    last = max(pc.max(table["occurred_at"]).as_py() for table in tables.values())
    limit = pa.scalar(last - timedelta(days=days), TIME)
    for path, table in tables.items():
        pq.write_table(table.filter(pc.less(table["occurred_at"], limit)), path)
    return whole


def give_back(store: Path, whole: Path) -> None:
    shutil.rmtree(store / "raw" / "events")
    whole.rename(store / "raw" / "events")


def done(report: NightReport) -> list[str]:
    return [step.name for step in report.steps if step.done]


def test_the_first_night_publishes_and_the_bundle_is_whole(settings: Settings) -> None:
    report = night(settings, "good")
    every = "anonymise check build evaluate gate drift sittings bundle publish track"
    assert done(report) == every.split()
    champion = Registry(settings.registry).champion()
    assert champion is not None
    assert champion.id == report.champion == report.challenger
    assert champion.metrics["ndcg@10"] > 0.01
    assert {
        "catalog.parquet",
        "card.md",
        "declarations/good.toml",
        "declarations/linear.toml",
    } <= champion.manifest.files.keys()


def test_the_bundle_loads_and_recommends(settings: Settings) -> None:
    night(settings, "good")
    bundle = open_bundle(settings.registry / "champion")
    model = Recipe.of(bundle).load(bundle)
    assert len(model.title_ids_) > 50


def test_a_second_night_changes_nothing(settings: Settings) -> None:
    night(settings, "good")
    before = content(settings)
    report = night(settings, "good")
    assert done(report) == []
    assert report.published
    assert content(settings) == before


def test_two_fresh_stores_with_one_key_agree_in_every_byte(tmp_path: Path) -> None:
    both = [night_settings(tmp_path / name) for name in "ab"]
    ids = {night(one, "good").champion for one in both}
    assert len(ids) == 1
    assert content(both[0]) == content(both[1])


def test_a_worse_challenger_is_kept_out_and_a_better_one_let_in(settings: Settings) -> None:
    first = night(settings, "bad")
    better = night(settings, "good")
    assert better.published
    assert better.champion != first.champion
    worse = night(settings, "bad")
    assert not worse.published
    assert worse.champion == better.champion
    assert "below 0" in worse.reasons[0]
    said = json.loads(worse.decision.read_text())
    assert said["champion"]["bundle"] == better.champion
    assert said["champion"]["judged_as"] == "its recipe, fitted before the cut"
    assert said["comparison"]["difference"]["high"] < 0
    assert (
        worse.decision.with_suffix(".txt").read_text().startswith("the champion stays\n  - ndcg@10")
    )


def test_a_night_whose_titles_were_scrambled_keeps_the_champion(settings: Settings) -> None:
    champion = night(settings, "good").champion
    scramble(settings.store)
    refused = night(settings, "good")
    assert not refused.published
    assert refused.champion == champion
    assert "since the champion reached" in refused.reasons[0]
    said = json.loads(refused.decision.read_text())["champion"]
    assert said["judged_as"] == "what it reached when it was published"


def test_a_night_that_brings_a_new_day_asks_the_champion_as_it_serves(settings: Settings) -> None:
    whole = hold_back(settings.store, days=1)
    first = night(settings, "good")
    give_back(settings.store, whole)
    second = night(settings, "good")
    assert second.published
    assert second.champion != first.champion
    said = json.loads(second.decision.read_text())
    assert said["champion"]["bundle"] == first.champion
    assert said["champion"]["judged_as"] == "its bundle"
    # One recipe, of which the challenger may have learned from half a day more.
    assert said["comparison"]["cut"] > said["cut"]
    assert abs(said["comparison"]["difference"]["mean"]) < 0.1


def test_new_days_do_not_excuse_scrambled_titles(settings: Settings) -> None:
    whole = hold_back(settings.store, days=4)  # the champion's viewers before are many enough
    champion = night(settings, "good").champion
    give_back(settings.store, whole)
    scramble(settings.store)
    refused = night(settings, "good")
    assert not refused.published
    assert refused.champion == champion
    assert json.loads(refused.decision.read_text())["champion"]["judged_as"] == "its bundle"


def test_the_champion_is_asked_though_the_catalog_has_moved_on(settings: Settings) -> None:
    whole = hold_back(settings.store, days=3)
    night(settings, "good")
    give_back(settings.store, whole)
    catalog = settings.store / "raw" / "titles.parquet"
    titles = pq.read_table(catalog)
    pq.write_table(titles.slice(5), catalog)
    said = json.loads(night(settings, "good").decision.read_text())
    assert said["champion"]["judged_as"] == "its bundle"
    assert said["comparison"]["metrics"]["ndcg@10"]["champion"]["mean"] > 0.1


def test_a_model_that_no_replica_can_serve_is_refused_before_anything_is_written(
    settings: Settings,
) -> None:
    before = content(settings)
    with pytest.raises(ConfigError, match=r"which alone can serve.*recsys train --model linear"):
        night(settings, "linear")
    assert content(settings) == before


def test_what_the_night_published_is_taken_up_by_a_replica(settings: Settings) -> None:
    report = night(settings, "good")
    loaded = load(settings.registry / "champion")
    assert loaded.recommender.bundle_id == report.champion
    assert loaded.resuming
    assert (loaded.recommender.popular(Context.at_present(), 5).ids >= 0).all()


def test_a_missed_floor_leaves_a_registry_without_a_champion(settings: Settings) -> None:
    report = night(settings, "strict")
    assert not report.published
    assert report.champion is None
    assert report.reasons[0].startswith("ndcg@10 must be at least 0.99")
    assert Registry(settings.registry).bundles() == []


def test_a_rollback_by_hand_is_not_undone_by_the_next_night(settings: Settings) -> None:
    first = night(settings, "bad")
    night(settings, "good")
    Registry(settings.registry).rollback()
    again = night(settings, "good")
    assert done(again) == []
    assert again.champion == first.champion


def test_a_lost_registry_is_filled_again(settings: Settings) -> None:
    before = night(settings, "good").champion
    shutil.rmtree(settings.registry)
    assert night(settings, "good").champion == before


def test_a_changed_declaration_is_judged_again(settings: Settings) -> None:
    night(settings, "good")
    path = settings.declarations / "linear.toml"
    path.write_text(path.read_text().replace("l2 = 8.0", "l2 = 2.5"))
    assert done(night(settings, "good"))[:3] == ["evaluate", "gate", "drift"]


def test_mlflow_has_the_run_and_the_champion(settings: Settings) -> None:
    champion = night(settings, "good").champion
    with _client(settings) as client:
        version = client.get_model_version_by_alias("good", "champion")
    assert version.tags["bundle"] == champion


def test_an_mlflow_that_is_away_does_not_stop_the_night(settings: Settings) -> None:
    away = settings.model_copy(update={"tracking_url": "http://127.0.0.1:1"})
    report = night(away, "good")
    assert report.champion == report.challenger
    assert report.steps[-1].result.startswith("not logged: http://127.0.0.1:1")
    assert done(night(settings, "good")) == ["track"]


def test_a_second_night_job_leaves_with_a_clear_message(settings: Settings) -> None:
    with lock(settings.store / "night.lock"), pytest.raises(BusyError, match="another process"):
        night(settings, "good")


def test_a_model_that_is_not_declared_is_refused_before_anything_is_written(
    settings: Settings,
) -> None:
    before = content(settings)
    with pytest.raises(ConfigError, match=r"one of \['bad', 'good', .*'strict'\], got best"):
        night(settings, "best")
    assert content(settings) == before


RUN = """
import sys
from pipelines.nightly.night import run_night
from recsys.settings import Settings
run_night(Settings.model_validate_json(sys.argv[1]), "good")
"""


def test_a_night_that_was_killed_anywhere_ends_the_same_when_run_again(tmp_path: Path) -> None:
    whole, killed = (night_settings(tmp_path / name) for name in ("whole", "killed"))
    night(whole, "good")
    chance = random.Random(7)  # noqa: S311  nothing secret
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, killed.model_dump_json()], stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(1.0, 6.0))
        process.kill()
        process.wait()
        if (killed.registry / "champion").is_symlink():
            open_bundle(killed.registry / "champion")
    night(killed, "good")
    assert content(killed) == content(whole)


def test_the_command_says_by_its_exit_code_what_the_gate_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in settings.model_fields_set:
        monkeypatch.setenv(f"RECSYS_{name.upper()}", str(getattr(settings, name)))
    outcome = settings.store / "outcome.json"
    kept = CliRunner().invoke(build(), ["nightly", "--model", "strict", "--json", str(outcome)])
    assert kept.exit_code == 3
    assert json.loads(outcome.read_text())["published"] is False
    published = CliRunner().invoke(build(), ["nightly", "--model", "good"])
    assert published.exit_code == 0
    assert "good: published" in published.output
