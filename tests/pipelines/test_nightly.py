"""A night publishes what is good enough, keeps what is better, skips what is done, and survives a kill."""

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.files import lock
from pipelines.nightly.night import NightReport, run_night
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.tracking import _client
from recsys.bundle import open_bundle
from recsys.cli import build
from recsys.errors import BusyError, ConfigError
from recsys.settings import Settings
from tests.pipelines.nights import content, night_settings, quiet


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return night_settings(tmp_path)


def night(settings: Settings, model: str) -> NightReport:
    return run_night(settings, model, display=quiet())


def done(report: NightReport) -> list[str]:
    return [step.name for step in report.steps if step.done]


def test_the_first_night_publishes_and_the_bundle_is_whole(settings: Settings) -> None:
    report = night(settings, "good")
    assert done(report) == [
        "anonymise",
        "build",
        "evaluate",
        "gate",
        "bundle",
        "publish",
        "track",
    ]
    champion = Registry(settings.registry).champion()
    assert champion is not None
    assert champion.id == report.champion == report.challenger
    assert champion.metrics["ndcg@10"] > 0.01
    assert {
        "catalog.parquet",
        "card.md",
        "declarations/good.toml",
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
    assert said["difference"]["high"] < 0
    assert (
        worse.decision.with_suffix(".txt").read_text().startswith("the champion stays\n  - ndcg@10")
    )


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
    path = settings.declarations / "good.toml"
    path.write_text(path.read_text().replace("l2 = 50.0", "l2 = 60.0"))
    assert done(night(settings, "good"))[:2] == ["evaluate", "gate"]


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
    with pytest.raises(ConfigError, match=r"one of \['bad', 'good', 'strict'\], got best"):
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
    for name in Settings.model_fields:
        monkeypatch.setenv(f"RECSYS_{name.upper()}", str(getattr(settings, name)))
    outcome = settings.store / "outcome.json"
    kept = CliRunner().invoke(build(), ["nightly", "--model", "strict", "--json", str(outcome)])
    assert kept.exit_code == 3
    assert json.loads(outcome.read_text())["published"] is False
    published = CliRunner().invoke(build(), ["nightly", "--model", "good"])
    assert published.exit_code == 0
    assert "good: published" in published.output
