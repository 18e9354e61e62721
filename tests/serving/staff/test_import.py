"""A file of titles lands as far as it is right, and what is wrong with it is named by line and field."""

import csv
import io
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving.conftest import TokenFor, bearer, until
from tests.serving.staff.sending import CSV, IMPORT, JSONL, PARQUET, Send, movie


def row_of(url: str, title_id: str) -> tuple[Any, ...] | None:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT name, maturity_rating, genres, crew, changed_by FROM title WHERE title_id = %s",
            (title_id,),
        ).fetchone()


def test_a_title_that_is_there_is_changed_in_what_is_said_of_it_and_others_are_added(
    send: Send, url: str
) -> None:
    crew = [{"name": 'Ann "A" \\ O\'Hara', "role": "director"}]
    rows = [
        {"title_id": "t000", "maturity_rating": "16"},
        movie("n1", genres=['A, "b"'], crew=crew),
    ]
    told = send(rows).json()
    assert told["counts"] == {"read": 2, "added": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert told["added"] == ["n1"]
    change = {"field": "maturity_rating", "before": "all", "after": "16"}
    assert told["changed"] == [{"contentId": "t000", "fields": [change]}]
    assert (row := row_of(url, "t000")) is not None
    assert row[1:3] == ("16", ["Genre 0"])
    assert row_of(url, "n1") == ("Film n1", None, ['A, "b"'], crew, "editor-1")
    assert send(rows).json()["counts"]["unchanged"] == 2


def test_a_dry_run_says_the_same_and_changes_nothing(send: Send, url: str) -> None:
    rows = [{"title_id": "t000", "maturity_rating": "16"}, movie("n1"), {"title_id": 7}]
    dry = send(rows, dryRun=True).json()
    assert dry["dryRun"]
    assert row_of(url, "n1") is None
    wet = send(rows, dryRun=False).json()
    assert {**wet, "dryRun": True} == dry


def test_one_bad_row_among_ten_thousand_is_named_and_the_others_land(send: Send, url: str) -> None:
    rows = [movie(f"m{at}") for at in range(10_000)]
    rows[6_543] |= {"release_year": "next year"}
    told = send(rows).json()
    assert told["counts"] == {
        "read": 10_000, "added": 9_999, "changed": 0, "unchanged": 0, "refused": 1
    }  # fmt: skip
    assert told["refused"] == [
        {"line": 6_544, "contentId": "m6543", "field": "release_year", "expected": "a whole number"}
        | {"got": "next year"}
    ]
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM title WHERE title_id LIKE 'm%'").fetchone()
    assert found == (9_999,)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no id": ({"name": "x"}, "title_id"),
    "an empty id": (movie(""), "title_id"),
    "no name": ({"title_id": "b1", "title_type": "movie"}, "name"),
    "a name that is emptied": ({"title_id": "t000", "name": None}, "name"),
    "a strange type": (movie("b1", title_type="film"), "title_type"),
    "a strange column": (movie("b1", rating=5), "rating"),
    "a strange maturity": (movie("b1", maturity_rating="13"), "maturity_rating"),
    "a number as text": (movie("b1", release_year="1994"), "release_year"),
    "a time without a zone": (movie("b1", available_from="2024-01-01T00:00:00"), "available_from"),
    "a date": (movie("b1", available_from="2024-01-01"), "available_from"),
    "a moment as a number": (movie("b1", available_from=1_700_000_000), "available_from"),
    "an end before the start": (
        movie("b1", available_from="2024-02-01T00:00:00Z", available_until="2024-01-01T00:00:00Z"),
        "available_until",
    ),
    "a region of three letters": (movie("b1", regions=["NOR"]), "regions.0"),
    "a list that is none": (movie("b1", genres="Drama"), "genres"),
    "crew without a name": (movie("b1", crew=[{"role": "director"}]), "crew.0.name"),
    "an episode of nothing": (movie("b1", title_type="episode"), "series_id"),
    "an episode of what is no series": (movie("b1", title_type="episode", series_id="t000"), "series_id"),
    "an episode of what is not there": (movie("b1", title_type="episode", series_id="zzz"), "series_id"),
    "a control character": (movie("b1", description="a\u0000b"), "description"),
    "an id too long": (movie("b" * 201), "title_id"),
    "no finite number": (movie("b1", duration_seconds=float("nan")), "duration_seconds"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_with_a_row_is_named_by_its_field(send: Send, what: str) -> None:
    row, field = BAD[what]
    told = send([movie("good"), row], dryRun=True).json()
    assert told["counts"]["added"] == 1
    assert [(one["line"], one["field"]) for one in told["refused"]] == [(2, field)]
    assert told["refused"][0]["expected"]


def test_a_title_that_comes_twice_lands_once(send: Send) -> None:
    told = send([movie("d1"), movie("d2"), movie("d1", name="Other")], dryRun=True).json()
    assert told["added"] == ["d1", "d2"]
    assert told["refused"][0] | {"expected": ""} == {
        "line": 3, "contentId": "d1", "field": "title_id", "expected": "", "got": "again after line 1"
    }  # fmt: skip


def test_episodes_may_come_before_their_series_and_fall_with_it(send: Send) -> None:
    episode = movie("e9", title_type="episode", series_id="s9", season_number=1, episode_number=1)
    series = movie("s9", title_type="series")
    assert send([episode, series], dryRun=True).json()["counts"]["added"] == 2
    told = send([episode, series | {"release_year": 3000}], dryRun=True).json()
    assert [one["field"] for one in told["refused"]] == ["series_id", "release_year"]


def test_a_series_without_an_episode_lands_and_is_named(send: Send) -> None:
    told = send([movie("s8", title_type="series"), movie("s7", title_type="series")]).json()
    assert [one["contentId"] for one in told["notes"]] == ["s8", "s7"]
    episode = movie("e8", title_type="episode", series_id="s8")
    assert send([episode]).json()["counts"]["added"] == 1
    assert send([{"title_id": "s8", "name": "Now with one"}]).json()["notes"] == []


def test_lines_that_are_no_objects_are_named(send: Send) -> None:
    lines = [
        b'\xef\xbb\xbf{"title_id": "j1", "title_type": "movie", "name": "One"}', b"not json", b"[1]",
        b'{"title_id": "j2", "title_type": "movie", "name": "\xff"}', b"",
        b'{"title_id": "j3", "name": "a", "name": "b"}', b"[" * 100_000,
    ]  # fmt: skip
    told = send(b"\r\n".join(lines), dryRun=True).json()
    assert told["added"] == ["j1"]
    assert [(one["line"], one["field"]) for one in told["refused"]] == [
        (2, "row"), (3, "row"), (4, "row"), (6, "name"), (7, "row")
    ]  # fmt: skip


def test_a_csv_file_is_read_with_lists_quotes_and_lines_in_its_cells(send: Send, url: str) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(["title_id", "title_type", "name", "genres", "release_year", "available_from", "description"])  # fmt: skip
    writer.writerow(["c1", "movie", 'The "Big", One', "Drama|Crime", "1994", "2024-05-01T00:00:00Z", "a\nb"])  # fmt: skip
    writer.writerow(["c2", "movie", "Two", '["Sci-Fi", "A|B"]', "", "", ""])
    writer.writerow(["c3", "movie", "Three", "", "ninety", "", ""])
    writer.writerow(["c4", "movie"])
    told = send(sink.getvalue(), CSV).json()
    assert told["added"] == ["c1", "c2"]
    assert [(one["line"], one["field"]) for one in told["refused"]] == [(5, "release_year"), (6, "row")]  # fmt: skip
    assert (row := row_of(url, "c1")) is not None
    assert (row[0], row[2]) == ('The "Big", One', ["Drama", "Crime"])
    assert (row := row_of(url, "c2")) is not None
    assert row[2] == ["Sci-Fi", "A|B"]


def test_a_row_in_another_encoding_is_refused_and_the_others_land(send: Send) -> None:
    body = "title_id,title_type,name\nx1,movie,Amélie\n".encode("latin-1") + b"x2,movie,Fine\n"
    told = send(body, CSV, dryRun=True).json()
    assert told["added"] == ["x2"]
    assert [(one["line"], one["field"]) for one in told["refused"]] == [(2, "name")]


def test_a_parquet_file_is_read_by_its_types(send: Send, url: str) -> None:
    def bytes_of(table: pa.Table) -> bytes:
        sink = io.BytesIO()
        pq.write_table(table, sink)
        return sink.getvalue()

    rows = [movie("p1", release_year=1994, genres=["Drama"]), movie("p2", release_year=1)]
    told = send(bytes_of(pa.Table.from_pylist(rows)), PARQUET).json()
    assert told["added"] == ["p1"]
    assert [(one["line"], one["field"]) for one in told["refused"]] == [(1, "release_year")]
    assert row_of(url, "p1") is not None
    strange = pa.Table.from_pylist([movie("p1", stars=5)])
    assert send(bytes_of(strange), PARQUET).json()["errors"][0]["got"] == "stars"


WHOLE: dict[str, tuple[bytes, str, int]] = {
    "nothing": (b"", JSONL, 422),
    "no rows": (b"title_id,name\n", CSV, 422),
    "a column that no title has": (b"title_id,stars\nx,5\n", CSV, 422),
    "a column twice": (b"title_id,name,name\nx,a,b\n", CSV, 422),
    "no id": (b"name\nx\n", CSV, 422),
    "another encoding as a whole": ("title_id,name\nx,a\n".encode("utf-16"), CSV, 422),
    "an open quote": (b'title_id,name\nx,"a\n', CSV, 422),
    "a cell past all bounds": (b"title_id,name\nx," + b"a" * 300_000, CSV, 422),
    "garbage": (bytes(range(256)) * 50, PARQUET, 422),
    "half a file": (b"PAR1" + b"\x00" * 100 + b"PAR1", PARQUET, 422),
    "an unknown type": (b"{}", "application/json", 422),
    "no type": (b"{}", "", 422),
    "50 MB": (b"x" * 50_000_000, JSONL, 413),
}


@pytest.mark.parametrize("what", WHOLE)
def test_a_file_that_is_none_is_refused_as_a_whole(send: Send, what: str) -> None:
    body, kind, status = WHOLE[what]
    answer = send(body, kind)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["expected"]


def test_staff_alone_may_send_one(client: httpx.Client, token_for: TokenFor) -> None:
    assert client.post(IMPORT, content=b"{}").status_code == 401
    for scopes in ("viewer", "service"):
        headers = bearer(token_for("v000", scopes)) | {"Content-Type": JSONL}
        assert client.post(IMPORT, content=b"{}", headers=headers).status_code == 403


def test_every_change_says_who_made_it(
    send: Send, client: httpx.Client, token_for: TokenFor
) -> None:
    title = f"w{uuid4().hex[:6]}"
    send([movie(title)])
    send([{"title_id": title, "name": "Renamed"}])
    token = bearer(token_for(scopes="staff"))
    log = client.get("/api/staff/changes", params={"contentId": title}, headers=token).json()
    assert [(one["action"], one["by"], one["said"]) for one in log["changes"]] == [
        ("changed", "editor-1", {"name": [f"Film {title}", "Renamed"]}),
        ("added", "editor-1", {}),
    ]


def test_what_staff_changed_is_answered_and_survives_a_replica_without_its_database(
    send: Send, client: httpx.Client, url: str
) -> None:
    send([movie("fresh", genres=["Genre 1"]), {"title_id": "t001", "name": "Renamed by staff"}])
    similar = "/api/recommendations/similar"
    assert until(lambda: client.get(f"{similar}/fresh").status_code == 200)

    def names() -> set[str]:
        items = client.get("/api/recommendations", params={"limit": 100}).json()["items"]
        return {item["name"] for item in items}

    assert until(lambda: "Renamed by staff" in names())
