"""The whole command at a small size, against a real server; and what it says of a run."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from typer.testing import CliRunner

from pipelines.benchmark.serving.growth import draw
from recsys.cli import build

ROWS = ["uncached", "cached", "similar", "bare", "bare-similar", "by-hand", "retrieval", "faiss"]
SIZE = ["--titles", "2000", "--viewers", "5000", "--sampled", "5000", "--seconds", "2"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """No ``tmp_path``: PostgreSQL never runs as root, and those are closed to other users."""
    with TemporaryDirectory(prefix="recsys-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.night
@pytest.mark.timeout(1200)
def test_every_row_is_measured_and_the_world_is_kept(tmp_path: Path, open_folder: Path) -> None:
    target, picture = tmp_path / "serving.json", tmp_path / "growth.svg"
    places = [
        "--folder",
        str(open_folder / "kept"),
        "--json",
        str(target),
        "--picture",
        str(picture),
    ]
    given = ["benchmark", "serving", *SIZE, "--growth", "1000", *places]
    answer = CliRunner().invoke(build(), given)
    assert answer.exit_code == 0, answer.output
    found = json.loads(target.read_text())
    assert list(found["rows"]) == ROWS
    for row in found["rows"].values():
        assert row["requests_per_second"] > 0
        assert 0 < row["p50_ms"] <= row["p99_ms"] <= row["p999_ms"]
        assert row["cpu_ms_per_request"] > 0
        assert row.get("failed", 0) == 0
    rows = found["rows"]
    assert rows["bare"]["requests_per_second"] > rows["uncached"]["requests_per_second"]
    assert rows["uncached"]["database_ms_per_request"] > 0
    assert rows["bare"]["bytes_per_answer"] == found["page"]["bytes"]
    assert found["page"]["degraded"] == []
    assert len(found["goals"]) == 6
    # 0.05 for 3,600,000 ms of a core.
    cost = found["cost"]["per_million"]["uncached"]
    assert cost == pytest.approx(1e6 * rows["uncached"]["cpu_ms_per_request"] * 0.05 / 3.6e6)
    assert found["memory"]["database_mb_per_million_viewers"] > 100
    assert sum(found["stages"]["stages"].values()) == pytest.approx(found["stages"]["page_ms"])
    assert [one["titles"] for one in found["growth"]] == [2000, 1000]
    assert picture.read_text().startswith("<svg")
    kept = {path: path.stat().st_mtime_ns for path in open_folder.rglob("manifest.json")}
    again = CliRunner().invoke(build(), ["benchmark", "serving", *SIZE, *places])
    assert again.exit_code == 0, again.output
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    assert json.loads(target.read_text())["bundle"] == found["bundle"]


@pytest.mark.parametrize("text", ["10,x", "-3", "10"])
def test_sizes_that_are_none_are_refused_before_any_work(text: str, tmp_path: Path) -> None:
    given = ["benchmark", "serving", "--growth", text, "--folder", str(tmp_path / "kept")]
    answer = CliRunner().invoke(build(), given)
    assert answer.exit_code != 0
    assert not (tmp_path / "kept").exists()


def test_growth_is_drawn_with_the_memory_of_each_size() -> None:
    rows = {
        "uncached": {"cpu_ms_per_request": 20.0},
        "retrieval": {"p50_ms": 2.0},
        "faiss": {"p50_ms": 1.0},
    }
    sizes = [{"titles": n, "replica_bytes": n * 10_000, "rows": rows} for n in (10_000, 100_000)]
    drawn = draw(sizes)
    assert "100 MB" in drawn
    assert "1,000 MB" in drawn
    assert "raw FAISS search" in drawn
    assert drawn == draw(sizes[::-1])
