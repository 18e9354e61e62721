"""The vocabulary is documented, and the documentation is the vocabulary."""

from pathlib import Path

import pytest

from recsys.schema import TABLES, dictionary

README = Path(__file__).parents[2] / "data" / "README.md"


@pytest.mark.parametrize("name", TABLES)
def test_the_dictionary_of_a_table_is_its_schema(name: str) -> None:
    section = README.read_text().split(f"### {name}\n")[1].split("\n### ")[0]
    assert section.split("\n\n", 1)[1].strip() == dictionary(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_what_it_means(name: str) -> None:
    assert [field.name for field in TABLES[name] if not field.metadata[b"about"]] == []


def test_nothing_that_points_at_a_person_is_a_column_of_the_lake() -> None:
    raw = {"event_id", "viewer_id", "device_id", "client_address", "query"}
    assert raw & set(TABLES["LAKE_EVENTS"].names) == set()
