"""The sample that a person can read is a world in small: it ingests whole, and every name in it is known."""

import json
from pathlib import Path

from pipelines.ingest import ingest
from recsys.schema import EVENTS, TITLES, VIEWERS

SAMPLE = Path(__file__).parents[3] / "data" / "sample"


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (SAMPLE / f"{name}.jsonl").read_text().splitlines()]


def test_the_sample_is_ingested_without_a_bad_row(tmp_path: Path) -> None:
    report = ingest(SAMPLE, tmp_path)
    assert (report.titles_read, report.viewers_read, report.events_new) == (12, 5, 60)
    assert report.bad_rows == 0


def test_the_sample_uses_the_vocabulary_of_columns_alone() -> None:
    for name, schema in (("titles", TITLES), ("viewers", VIEWERS), ("events", EVENTS)):
        assert {key for row in rows(name) for key in row} <= set(schema.names)


def test_the_sample_names_known_titles_and_viewers() -> None:
    titles = {row["title_id"] for row in rows("titles")}
    viewers = {row["viewer_id"] for row in rows("viewers")}
    assert {row.get("title_id") for row in rows("events")} - {None} <= titles
    assert {row["viewer_id"] for row in rows("events")} == viewers
