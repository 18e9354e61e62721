"""A page is made again to the last byte, whatever its viewer did since, or it is said why not."""

import shutil
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving import world
from tests.serving.conftest import MakeClient, event, shown, until

ROOT = "/api/recommendations"
TASTE = "/api/user/taste"


def replayed(client: httpx.Client, page: dict[str, object]) -> httpx.Response:
    """Ask for a page again; it is written down a moment after it was made."""
    path = f"{ROOT}/replay/{page['recommendationId']}"
    assert until(lambda: client.get(path).status_code != 404)
    return client.get(path)


def now() -> str:
    return datetime.now(UTC).isoformat()


def active(client: httpx.Client) -> str:
    """Somebody who did all that a page may depend on."""
    viewer = f"replay-{uuid4().hex[:8]}"
    done = [
        event(viewer, "t003", "progress", watchedPortion=0.4),
        event(viewer, "t006", "rating", value=4.5),
        event(viewer, "t009", "thumb", value=-1),
        event(viewer, "t012", "watchlist_add"),
        event(viewer, "e1", "complete"),
        *[event(viewer, title, "impression") for title in ("t000", "t000", "t001")],
        *[event(viewer, title, "click", occurredAt=now()) for title in ("t001", "t004")],
    ]
    assert client.post("/api/analytics/event", json=done).status_code == 202
    for said in (
        {"edits": [{"kind": "genre", "value": "Genre 1", "edit": "more"}], "history": "paused"},
        {"history": "running"},
    ):
        patched = client.patch(TASTE, params={"viewerId": viewer}, json=said)
        assert patched.status_code == 200, patched.text
    return viewer


def test_a_page_is_made_again_to_the_last_byte_after_its_viewer_went_on(
    client: httpx.Client,
) -> None:
    viewer = active(client)
    asked = {"viewerId": viewer, "filter": 'title in ["t000", "t003"] or release_year >= 1992'}
    page = client.get(f"{ROOT}/home", params=asked)
    assert client.post("/api/analytics/event", json=event(viewer, "t015")).status_code == 202
    assert client.get(f"{ROOT}/home", params=asked).json()["rows"] != page.json()["rows"]
    again = replayed(client, page.json())
    assert again.status_code == 200, again.text
    assert again.content == page.content
    assert again.headers["etag"] == page.headers["etag"]


def test_of_a_page_that_was_asked_for_in_parts_the_whole_comes(client: httpx.Client) -> None:
    viewer = active(client)
    part = client.get(f"{ROOT}/home", params={"viewerId": viewer, "rows": 1, "titles": 2}).json()
    whole = replayed(client, part).json()
    assert len(whole["rows"]) > 1
    assert whole["rows"][0]["items"][:2] == part["rows"][0]["items"]


@pytest.mark.parametrize("asked", [{}, {"viewerId": "nobody"}, {"viewerId": "v000"}])
def test_so_is_the_page_of_a_newcomer_and_of_a_child(
    client: httpx.Client, asked: dict[str, str]
) -> None:
    page = client.get(f"{ROOT}/home", params=asked)
    assert replayed(client, page.json()).content == page.content


def test_so_is_a_page_from_inside_a_pause(client: httpx.Client) -> None:
    viewer = active(client)
    paused = client.patch(TASTE, params={"viewerId": viewer}, json={"history": "paused"})
    assert paused.status_code == 200
    assert client.post("/api/analytics/event", json=event(viewer, "t021")).status_code == 202
    page = client.get(f"{ROOT}/home", params={"viewerId": viewer})
    assert replayed(client, page.json()).content == page.content


def test_a_page_that_lacked_a_part_and_a_guests_are_not_written_down(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = Path(shutil.copytree(store, tmp_path / "store"))
    client = make_client(store=own)
    guest = client.post("/api/sessions/recommendations", json={"events": []}).json()
    (own / "raw" / "titles.parquet").write_text("no table")
    home = lambda: client.get(f"{ROOT}/home").json()  # noqa: E731
    assert until(lambda: home()["degraded"] == ["catalog"])
    lacking = home()
    shutil.copy(store / "raw" / "titles.parquet", own / "raw" / "titles.parquet")
    assert until(lambda: home()["degraded"] == [])
    assert replayed(client, home()).status_code == 200  # the last: what was noted before is there
    for page in (guest, lacking):
        path = f"{ROOT}/replay/{page['recommendationId']}"
        assert client.get(path).status_code == 404


def test_what_may_not_be_shown_any_more_is_not_shown_again(
    client: httpx.Client, shared_database: str
) -> None:
    viewer = active(client)
    page = client.get(f"{ROOT}/home", params={"viewerId": viewer}).json()
    assert set(shown(page)) & world.ADULT
    assert replayed(client, page).status_code == 200
    with psycopg.connect(shared_database) as connection:
        connection.execute(
            "INSERT INTO viewer (viewer_id, consent, region, maximum_age) VALUES (%s, true, 'DE', 12) "
            "ON CONFLICT (viewer_id) DO UPDATE SET maximum_age = 12",
            (viewer,),
        )
    refused = replayed(client, page)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "rights")
    assert not any(title in refused.text for title in world.ADULT)


@pytest.mark.parametrize("days", [7, 0])
def test_what_is_too_old_is_unknown_and_goes(
    make_client: MakeClient, new_database: Callable[[], str], days: float
) -> None:
    url = new_database()
    client = make_client(database_url=url, replay_days=7)
    page = client.get(f"{ROOT}/home").json()
    assert replayed(client, page).status_code == 200
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE made_page SET made_at = %s", (datetime.now(UTC) - timedelta(8),))
    later = make_client(database_url=url, replay_days=days)
    assert later.get(f"{ROOT}/replay/{page['recommendationId']}").status_code == 404

    def left() -> int:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT count(*) FROM made_page").fetchall()[0][0]

    assert until(lambda: left() == 0)


def test_what_an_earlier_version_wrote_down_is_refused_and_says_so(
    client: httpx.Client, shared_database: str
) -> None:
    page = client.get(f"{ROOT}/home", params={"viewerId": "v005"}).json()
    assert replayed(client, page).status_code == 200
    with psycopg.connect(shared_database) as connection:
        connection.execute(
            "UPDATE made_page SET made_from = %s WHERE recommendation_id = %s",
            (zlib.compress(b'{"asked": {}}'), page["recommendationId"]),
        )
    refused = replayed(client, page)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "code")


def test_what_was_never_made_is_unknown(client: httpx.Client) -> None:
    answer = client.get(f"{ROOT}/replay/{uuid4().hex}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-page")
    wrong = client.get(f"{ROOT}/replay/no-id")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "recommendationId")


def test_nothing_is_written_down_where_it_is_not_wanted(
    make_client: MakeClient, new_database: Callable[[], str]
) -> None:
    url = new_database()
    silent, other = make_client(replay_days=0, database_url=url), make_client(database_url=url)
    unkept, kept = (one.get(f"{ROOT}/home").json() for one in (silent, other))
    assert replayed(other, kept).status_code == 200  # what came later is there, so the first is not
    path = f"{ROOT}/replay/{unkept['recommendationId']}"
    assert other.get(path).status_code == 404


def test_a_page_of_another_catalog_is_refused_and_says_so(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = Path(shutil.copytree(store, tmp_path / "store"))
    client = make_client(store=own)
    page = client.get(f"{ROOT}/home", params={"viewerId": "v005"}).json()
    assert replayed(client, page).status_code == 200
    rows = [title | {"name": f"{title['name']}!"} for title in world.catalog().to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, world.catalog().schema), own / "raw" / "new.parquet")
    (own / "raw" / "new.parquet").replace(own / "raw" / "titles.parquet")
    assert until(lambda: replayed(client, page).status_code == 409)
    problem = replayed(client, page).json()
    assert problem["type"] == "/problems/changed-since"
    assert problem["errors"][0]["field"] == "catalog"


def test_a_page_of_an_earlier_bundle_is_made_by_that_one_and_refused_when_it_is_gone(
    registry: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = Path(shutil.copytree(registry, tmp_path / "registry", symlinks=True))
    client = make_client(registry=own)
    page = client.get(f"{ROOT}/home", params={"viewerId": "v005"})
    first = page.json()["bundleId"]
    world.write_bundle(own, seed=1)
    home = lambda: client.get(f"{ROOT}/home", params={"viewerId": "v005"}).json()  # noqa: E731
    assert until(lambda: home()["bundleId"] != first)
    assert replayed(client, page.json()).content == page.content
    other = make_client(registry=own)
    shutil.rmtree(own / "bundles" / first)
    refused = replayed(other, page.json())
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "bundle")
