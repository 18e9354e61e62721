"""The speed of an ingest is measured by itself and written for a program."""

import json
from pathlib import Path

from typer.testing import CliRunner

from recsys.cli import build
from tests.pipelines.events import event, write_catalog, write_parquet


def test_events_a_second_are_events_by_seconds_and_no_store_stays(tmp_path: Path) -> None:
    data = write_catalog(tmp_path / "in")
    write_parquet(data / "events.parquet", [event(n) for n in range(300)])
    before = sorted(tmp_path.rglob("*"))
    target = tmp_path / "speed.json"
    given = ["benchmark", "ingest", "--data", str(data), "--json", str(target)]
    answer = CliRunner().invoke(build(), given)
    assert answer.exit_code == 0, answer.output
    found = json.loads(target.read_text())
    assert (found["benchmark"], found["data"]) == ("ingest", "in")
    row = found["rows"][0]
    assert row["config"]["events"] == 300
    assert row["metrics"]["events_per_second"] == 300 / row["fit_seconds"]
    assert row["peak_rss_bytes"] > 10_000_000
    assert sorted(tmp_path.rglob("*")) == sorted([*before, target])
