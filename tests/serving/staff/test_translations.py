"""Names in other languages land with their title from any file, and one that is none is named by line and field."""

import json
from typing import Any

import httpx
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving.conftest import until
from tests.serving.staff.sending import CSV, PARQUET, Send, movie

NORWEGIAN = {"language": "nb", "name": "Fjorden"}


def translations_of(url: str, title_id: str) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT translations FROM title WHERE title_id = %s", (title_id,)
        ).fetchone()
    return None if row is None else row[0]


def test_translations_land_from_every_kind_of_file_and_are_told_as_changes(
    send: Send, client: httpx.Client, url: str
) -> None:
    whole = [NORWEGIAN | {"description": None}]
    assert send([movie("l1", translations=[NORWEGIAN])]).json()["added"] == ["l1"]
    cells = f'title_id,title_type,name,translations\nl2,movie,Fjord,"{json.dumps([NORWEGIAN]).replace(chr(34), chr(34) * 2)}"\n'
    assert send(cells, CSV).json()["added"] == ["l2"]
    sink = pa.BufferOutputStream()
    rows = pa.Table.from_pylist([movie("l3", translations=whole)])
    pq.write_table(rows, sink)
    assert send(sink.getvalue().to_pybytes(), PARQUET).json()["added"] == ["l3"]
    for title in ("l1", "l2", "l3"):
        assert translations_of(url, title) == whole
    same = send([movie("l1", translations=[NORWEGIAN])]).json()
    assert same["counts"]["unchanged"] == 1
    german = [*whole, {"language": "de", "name": "Der Fjord", "description": "Kalt."}]
    changed = send([{"title_id": "l1", "translations": german}], dryRun="true").json()["changed"]
    assert [one["field"] for one in changed[0]["fields"]] == ["translations"]
    assert translations_of(url, "l1") == whole

    def name() -> str:
        answer = client.get("/api/content/l1", headers={"Accept-Language": "nb"})
        return answer.json().get("name", "")

    assert until(lambda: name() == "Fjorden")
    assert send([{"title_id": "l1", "translations": None}]).status_code == 200
    assert until(lambda: name() == "Film l1")


@pytest.mark.parametrize(
    ("wrong", "field", "expected"),
    [
        ([NORWEGIAN | {"language": "norsk"}], "translations.0.language", "a language"),
        ([NORWEGIAN, NORWEGIAN | {"language": "PT"}], "translations.1.language", "a language"),
        ([{"language": "nb"}], "translations.0.name", "a value"),
        ([NORWEGIAN | {"name": ""}], "translations.0.name", "at least 1 character"),
        ([NORWEGIAN | {"name": "x" * 501}], "translations.0.name", "at most 500"),
        ([NORWEGIAN | {"name": "a\u0000"}], "translations.0.name", "control characters"),
        ([NORWEGIAN | {"description": "x" * 20_001}], "translations.0.description", "at most"),
        ([NORWEGIAN | {"title": "x"}], "translations.0.title", "no field"),
        ([NORWEGIAN, NORWEGIAN], "translations", "each language once"),
        ("Fjorden", "translations", "a list"),
    ],
)
def test_a_bad_translation_is_refused_by_line_and_field_and_the_others_land(
    send: Send, wrong: Any, field: str, expected: str
) -> None:
    told = send([movie("w1"), movie("w2", translations=wrong)], dryRun="true").json()
    assert told["added"] == ["w1"]
    (line,) = told["refused"]
    assert (line["line"], line["contentId"], line["field"]) == (2, "w2", field)
    assert expected in line["expected"]
