"""A night stops before it learns from what is unlike the days before, tells of it, and the next one heals."""

import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from pipelines.health.findings import Checked
from pipelines.nightly.night import run_night
from pipelines.nightly.outcome import NightReport
from pipelines.registry import Registry
from recsys import cli
from recsys.errors import ConfigError, HealthError
from recsys.settings import Settings
from tests.pipelines.nights import DECLARED, night_settings, quiet
from tests.pipelines.receivers import receiver

GUARDED = (
    DECLARED["good"] + '[guardrails]\n"coverage@10" = { least = 1.0 }\n[slices]\nviewers = 0.1\n'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = night_settings(tmp_path)
    (made.declarations / "guarded.toml").write_text(GUARDED)
    return made


def night(settings: Settings, model: str = "good") -> NightReport:
    return run_night(settings, model, display=quiet())


def test_a_broken_catalog_stops_the_night_the_champion_serves_on_and_the_next_night_heals(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    champion = night(settings).champion
    figures = (settings.store / "judged" / "challenger" / "means.json").stat().st_mtime_ns
    catalog = settings.store / "raw" / "titles.parquet"
    whole = catalog.read_bytes()
    pq.write_table(pq.read_table(catalog).slice(0, 60), catalog)
    with receiver() as server:
        told = settings.model_copy(update={"alert_url": server.url})
        with pytest.raises(
            HealthError, match=r"check catalog: raw/titles.parquet: .*that the champion knows"
        ):
            night(told)
    assert Registry(settings.registry).champion_id() == champion
    assert (settings.store / "judged" / "challenger" / "means.json").stat().st_mtime_ns == figures

    (alert,) = server.bodies
    assert (alert["kind"], alert["model"], alert["store"]) == ("stopped", "good", "store")
    assert alert["lines"][0].startswith("check catalog: raw/titles.parquet: expected at least 90%")
    assert Path(alert["record"]).read_text().count("stopped") == 2

    for name in settings.model_fields_set:
        monkeypatch.setenv(f"RECSYS_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setattr(sys, "argv", ["recsys", "nightly", "--model", "good"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert "recsys: check catalog: raw/titles.parquet" in capsys.readouterr().err

    catalog.write_bytes(whole)
    assert night(settings).published
    records = sorted((settings.registry / "checks").glob("*.json"))
    read = [Checked.model_validate_json(path.read_bytes()) for path in records]
    assert sum(bool(one.stops) for one in read) == 1


def test_a_guardrail_refuses_in_the_record_and_somebody_is_told_once(settings: Settings) -> None:
    with receiver() as server:
        told = settings.model_copy(update={"alert_url": server.url})
        refused = night(told, "guarded")
        assert not refused.published
        assert refused.reasons[0].startswith("guardrail coverage@10 must be at least 1, and is ")
        assert refused.steps[-1].name == "alert"
        assert refused.steps[-1].result == "refused; told: 1 lines"
        assert not night(told, "guarded").published
    (alert,) = server.bodies
    assert alert["lines"] == list(refused.reasons)
    assert alert["record"] == str(refused.decision)
    said = json.loads(refused.decision.read_text())["guardrails"][0]
    assert said["least"] == 1.0
    assert 0 < said["reached"]["mean"] < 1


def test_a_receiver_that_is_away_fails_no_night(settings: Settings) -> None:
    away = settings.model_copy(update={"alert_url": SecretStr("http://127.0.0.1:1/secret-word")})
    report = night(away, "guarded")
    said = report.steps[-1].result
    assert said == "refused; not told: the receiver cannot be reached (ConnectionRefusedError)"


def test_checks_that_are_not_declared_stop_the_night_before_anything_is_written(
    settings: Settings,
) -> None:
    wrong = settings.model_copy(update={"health_policy": settings.store / "nowhere.toml"})
    with pytest.raises(ConfigError, match="the checks of a day's data, got no file"):
        night(wrong)
    assert not (settings.store / "lake").exists()


def test_the_nights_page_links_to_health_and_drift_which_show_nobody(settings: Settings) -> None:
    night(settings)
    reports = settings.store / "reports"
    assert 'href="shared/drift.html"' in (reports / "night.html").read_text()
    assert 'href="drift.html"' in (reports / "shared" / "night.html").read_text()
    page = (reports / "shared" / "drift.html").read_text()
    assert "there is no champion yet" in page
    assert "not enough days to judge" in page


def test_a_second_champion_is_compared_with_the_first_and_no_record_holds_an_id(
    settings: Settings,
) -> None:
    first = night(settings).champion
    path = settings.declarations / "linear.toml"
    path.write_text(path.read_text().replace("l2 = 8.0", "l2 = 2.5"))
    night(settings)
    (record,) = [
        json.loads(one.read_text())
        for one in (settings.registry / "decisions").glob("*.drift.json")
        if json.loads(one.read_text())["champion"]
    ]
    assert record["champion"] == first
    assert {"score_linear", "length", "log_viewers_7d"} <= {
        one["name"] for one in record["features"]
    }
    assert {one["name"] for one in record["watched"]} >= {"region", "device", "first genre"}
    # Nothing is new: what the champion learned from is all there is.
    assert record["alarms"] == []
    pages = (settings.store / "reports" / "shared").glob("*.html")
    text = json.dumps(record) + "".join(page.read_text() for page in pages)
    lake = pq.read_table(
        settings.store / "lake" / "events", columns=["pseudonym"], partitioning=None
    )
    viewers = pq.read_table(settings.store / "raw" / "viewers.parquet")["viewer_id"].to_pylist()
    assert not [one for one in set(lake["pseudonym"].to_pylist()) | set(viewers) if one in text]
    shutil.rmtree(settings.registry)
    night(settings)
    assert list((settings.registry / "decisions").glob("*.drift.json"))
