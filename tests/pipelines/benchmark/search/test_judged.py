"""The judged set is made by rules over the catalog alone, and the measure is the field's."""

import pyarrow as pa
import pytest

from pipelines.benchmark.search.judged import ALL, ndcg, questions
from recsys.schema import TITLES

ROWS = [
    {
        "title_id": f"t{number:03d}",
        "title_type": "movie",
        "name": f"Film {number:03d} (a.k.a. Other)",
        "genres": ["Drama", "War"] if number % 2 else ["Comedy"],
        "release_year": 1980 + number % 30,
        "cast": [f"Actor {number % 7}"],
    }
    for number in range(100)
]


@pytest.fixture(scope="module")
def judged() -> list[object]:
    catalog = pa.Table.from_pylist(ROWS, schema=TITLES)
    return list(questions(catalog, ["t005", "t001"], 0))


def test_there_are_two_hundred_and_always_the_same(judged: list[object]) -> None:
    catalog = pa.Table.from_pylist(ROWS, schema=TITLES)
    assert len(judged) == ALL
    assert judged == questions(catalog, ["t005", "t001"], 0)


def test_what_is_relevant_is_what_the_table_says() -> None:
    by_id = {row["title_id"]: row for row in ROWS}
    for one in questions(pa.Table.from_pylist(ROWS, schema=TITLES), ["t005"], 1):
        rows = [by_id[title] for title in one.grades]
        assert rows
        if one.kind == "genre of a decade":
            decade, genre = one.text.split("s ")
            assert all(str(row["release_year"])[2] == decade[0] for row in rows)
            assert all(
                genre == row["genres"][0].lower()
                for row in rows
                if one.grades[row["title_id"]] == 3
            )
        if one.kind == "person":
            assert {row["cast"][0].lower() for row in rows} == {one.text}
        if one.kind in {"name", "misspelt"}:
            assert len(rows) == 1
        if one.kind == "name":
            assert rows[0]["name"].lower().startswith(one.text)


def test_ndcg_is_one_for_the_best_order_and_none_for_nothing() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], grades) == 1
    assert ndcg([], grades) == ndcg(["x", "y"], grades) == 0
    # (3 / log2(3) + 7 / log2(4)) of (7 / log2(2) + 3 / log2(3))
    assert ndcg(["x", "b", "a"], {"a": 3, "b": 2}) == pytest.approx(
        (3 / 1.585 + 7 / 2) / (7 + 3 / 1.585), abs=1e-4
    )
