"""What may not be shown is neither found, counted, suggested nor named, from the moment the catalog says so."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving import world
from tests.serving.conftest import MakeClient, until

GONE, NAME = "t003", "Quixotic Zephyr"
PERSON, GENRE = "Only Here", "Singular"
OWN = {"name": NAME, "cast": [PERSON], "genres": [GENRE], "release_year": 1955}
"""Facts that no other title has, so that whatever tells of one of them tells of the title."""

TAKEN: dict[str, dict[str, Any]] = {
    "out of its window": {"available_until": datetime(2024, 1, 1, tzinfo=UTC)},
    "announced": {"available_from": datetime.now(UTC) + timedelta(days=5)},
    "in another region": {"regions": ["JP"]},
    "for adults": {"maturity_rating": "18"},
    "of no known maturity": {"maturity_rating": None},
}

QUESTIONS = (
    NAME, "quixotic", "quix", "quixotik zephir", "quixoticzephyr", PERSON, "only her", GENRE, "singulr",
    "1955", "50s movies", f"movies like {NAME}", "movies like quixotik zephyr", "films before 1960", f"singular movies with {PERSON}", "all", "s", "the",
)  # fmt: skip
NARROWED: tuple[dict[str, Any], ...] = ({}, {"genre": GENRE}, {"decade": 1950}, {"type": "movie"})


def write(store: Path, rows: list[dict[str, Any]]) -> None:
    beside = store / "raw" / ".titles.parquet"
    pq.write_table(pa.Table.from_pylist(rows, world.catalog().schema), beside)
    beside.replace(store / "raw" / "titles.parquet")


def rows_with(**changes: Any) -> list[dict[str, Any]]:
    rows = world.catalog().to_pylist()
    return [row | OWN | changes if row["title_id"] == GONE else row for row in rows]


def answers(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """Every way to an answer."""
    found = {}
    for q in QUESTIONS:
        for suggest in (False, True):
            for narrowed in NARROWED:
                asked = {"q": q, "suggest": suggest, "maximumAge": 12, "limit": 100} | narrowed
                answer = client.get("/api/search", params=asked)
                assert answer.status_code == 200, answer.text
                found[str(asked)] = answer.json()
    return found


def told(answer: dict[str, Any]) -> str:
    """An answer without what it only repeats of the question."""
    rest = {key: answer[key] for key in ("understood", "items", "facets", "suggestions")}
    return str(rest)


def leaks(client: httpx.Client) -> set[str]:
    return {
        asked
        for asked, answer in answers(client).items()
        for word in (GONE, NAME, "Quix", PERSON, GENRE, "1950", "1955")
        if word in told(answer)
    }


@pytest.mark.parametrize("why", TAKEN)
def test_what_is_taken_down_is_nowhere_at_once(
    store: Path, tmp_path: Path, make_client: MakeClient, why: str
) -> None:
    own = Path(shutil.copytree(store, tmp_path / "store"))
    write(own, rows_with())
    client = make_client(store=own)
    ask = {"q": NAME, "maximumAge": 12}

    def found() -> bool:
        return GONE in client.get("/api/search", params=ask).text

    assert until(found, 60)
    before = leaks(client)
    # The walk sees what there is to see: each way shows the title or something of it.
    for suggest in (False, True):
        for q in (NAME, "quix", "quixotik zephir", PERSON, GENRE):
            asked = {"q": q, "suggest": suggest, "maximumAge": 12, "limit": 100}
            assert str(asked) in before, (q, suggest)
    write(own, rows_with(**TAKEN[why]))
    assert until(lambda: not found())
    assert leaks(client) == set()


def test_a_title_that_the_catalog_lost_is_nowhere_and_one_that_came_is_found(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = Path(shutil.copytree(store, tmp_path / "store"))
    write(own, rows_with())
    client = make_client(store=own)
    assert until(lambda: GONE in client.get("/api/search", params={"q": NAME}).text, 60)
    rest = [row for row in rows_with() if row["title_id"] != GONE]
    came = {**rest[0], "title_id": "new", "name": "Brand New Wombat"}
    write(own, [*rest, came])
    assert until(lambda: "Wombat" in client.get("/api/search", params={"q": "wombat"}).text, 60)
    assert leaks(client) == set()


def test_the_viewers_own_limits_hold(client: httpx.Client) -> None:
    def found(viewer: str, **more: Any) -> set[str]:
        asked = {"q": "story", "limit": 100, "viewerId": viewer, **more}
        answer = client.get("/api/search", params=asked).json()
        assert answer["total"] == len(answer["items"])
        return {item["contentId"] for item in answer["items"]}

    child, french, german = found("v000"), found("v001"), found("v002")
    assert not child & (world.ADULT | world.FRENCH | world.EXPIRED)
    assert not child - german
    assert french - german == world.FRENCH
    assert german == {f"t{n:03d}" for n in range(60)} - world.FRENCH - world.EXPIRED | {"s00"}
    assert not found("v002", maximumAge=12) & world.ADULT
    assert found("v000", maximumAge=18) == child, "a request tightens and never loosens"


def test_as_many_come_as_exist_however_many_are_hidden(client: httpx.Client) -> None:
    # Every tenth title is for France alone; all of them hold the word.
    asked = {"q": "story", "limit": 45, "region": "DE"}
    assert len(client.get("/api/search", params=asked).json()["items"]) == 45
