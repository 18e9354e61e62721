"""The sample that a person can read is a world in small: it ingests whole, and every name in it is known."""

import json
import shutil
from pathlib import Path

import pytest

from pipelines.anonymise import anonymise
from pipelines.build import build
from pipelines.ingest import ingest
from recsys.errors import InputError
from recsys.privacy.policy import Policy
from recsys.schema import EVENTS, TITLES, VIEWERS

SAMPLE = Path(__file__).parents[3] / "data" / "sample"


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (SAMPLE / f"{name}.jsonl").read_text().splitlines()]


def test_the_sample_is_ingested_without_a_bad_row(tmp_path: Path) -> None:
    report = ingest(SAMPLE, tmp_path)
    # Five viewers with all columns, and a crowd of 36.
    assert (report.titles_read, report.viewers_read, report.events_new) == (12, 5 + 36, 60 + 444)
    assert report.bad_rows == 0


def test_most_of_the_sample_passes_the_gate_of_the_house(tmp_path: Path) -> None:
    ingest(SAMPLE, tmp_path)
    report = anonymise(tmp_path, Policy.read(SAMPLE.parent / "privacy.toml"))
    assert report.events_out > 400
    assert build(tmp_path) > 200


def test_where_nothing_passes_the_gate_its_counts_are_told_and_what_to_do(tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for name in ("titles", "viewers", "events"):
        shutil.copy(SAMPLE / f"{name}.jsonl", few)
    ingest(few, tmp_path / "store")
    anonymise(tmp_path / "store", Policy.read(SAMPLE.parent / "privacy.toml"))
    left = r"0 of 60 \(\d+ without consent, \d+ without title, \d+ about titles with fewer than 5 viewers\)"
    with pytest.raises(InputError, match=left + r".*RECSYS_PRIVACY_POLICY"):
        build(tmp_path / "store")


def test_the_sample_uses_the_vocabulary_of_columns_alone() -> None:
    for name, schema in (("titles", TITLES), ("viewers", VIEWERS), ("events", EVENTS)):
        assert {key for row in rows(name) for key in row} <= set(schema.names)


def test_the_sample_names_known_titles_and_viewers() -> None:
    titles = {row["title_id"] for row in rows("titles")}
    viewers = {row["viewer_id"] for row in rows("viewers")}
    assert {row.get("title_id") for row in rows("events")} - {None} <= titles
    assert {row["viewer_id"] for row in rows("events")} == viewers
