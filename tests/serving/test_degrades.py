"""With a part gone the page still answers, less personally, and says so."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recsys.schema import POPULAR, VIEWERS
from serving.postgres import EmbeddedPostgres
from tests.serving import world
from tests.serving.conftest import MakeClient, database_in, event, shown, until

HOME = "/api/recommendations/home"
NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


def test_a_replica_that_loses_its_database_degrades_and_recovers(
    own_postgres: EmbeddedPostgres, make_client: MakeClient
) -> None:
    client = make_client(database_url=database_in(own_postgres))
    ask = {"viewerId": "v005"}
    whole = client.get(HOME, params=ask).json()
    assert whole["degraded"] == []

    own_postgres.halt()
    # For the moment in which the loss is found out, the page of before is as right as any.
    assert until(lambda: client.get(HOME, params=ask).json()["degraded"] == ["history"])
    page = client.get(HOME, params=ask)
    assert page.status_code == 200
    assert shown(page.json())
    refused = client.post("/api/analytics/event", json=event("v005", "t001"))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert client.get("/ready").json() == {
        "ready": False,
        "bundle": page.json()["bundleId"],
        "database": False,
    }
    assert client.get("/health").status_code == 200
    assert 'recsys_degraded_total{rung="history"}' in client.get("/metrics").text

    own_postgres.ensure_running()
    assert until(lambda: client.get("/ready").status_code == 200)
    assert shown(client.get(HOME, params=ask).json()) == shown(whole)


def test_a_childs_limit_outlives_the_database(
    own_postgres: EmbeddedPostgres, make_client: MakeClient
) -> None:
    client = make_client(database_url=database_in(own_postgres))
    own_postgres.halt()
    child = shown(client.get(HOME, params={"viewerId": "v000"}).json())
    grown_up = shown(client.get(HOME, params={"viewerId": "v005"}).json())
    stranger = shown(client.get(HOME, params={"viewerId": "stranger"}).json())
    assert not set(child) & world.ADULT
    assert stranger
    assert not set(stranger) & world.ADULT  # who may be a child that came since
    assert set(grown_up) & world.ADULT


def test_a_replica_that_never_saw_its_database_keeps_to_the_limits_that_were_ingested(
    make_client: MakeClient,
) -> None:
    client = make_client(database_url=NOWHERE)
    pages = {
        who: client.get(HOME, params={"viewerId": who}).json() for who in ("v000", "v005", "x")
    }
    assert [page["degraded"] for page in pages.values()] == [["history"]] * 3
    adult = {who: bool(set(shown(page)) & world.ADULT) for who, page in pages.items()}
    assert adult == {"v000": False, "v005": True, "x": False}
    assert all(shown(page) for page in pages.values())


def test_with_nothing_known_of_any_limit_only_what_is_for_everyone_is_shown(
    make_client: MakeClient, tmp_path: Path
) -> None:
    client = make_client(database_url=NOWHERE, store=tmp_path)
    page = client.get(HOME, params={"viewerId": "v005"}).json()
    assert shown(page)
    assert not set(shown(page)) & world.ADULT


def test_where_nobody_has_a_limit_titles_of_unknown_maturity_outlive_the_database(
    make_client: MakeClient, tmp_path: Path
) -> None:
    (raw := tmp_path / "raw").mkdir()
    unrated = [{**title, "maturity_rating": None} for title in world.catalog().to_pylist()]
    pq.write_table(pa.Table.from_pylist(unrated, world.catalog().schema), raw / "titles.parquet")
    viewer = [{"viewer_id": "v005", "consent": True, "region": None, "maximum_age": None}]
    pq.write_table(pa.Table.from_pylist(viewer, VIEWERS), raw / "viewers.parquet")
    client = make_client(database_url=NOWHERE, store=tmp_path, registry=tmp_path)
    for who in ("v005", "stranger"):
        page = client.get(HOME, params={"viewerId": who}).json()
        assert page["degraded"] == ["bundle", "history"]
        assert shown(page)


def test_without_a_bundle_the_catalog_answers(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(registry=tmp_path)
    page = client.get(HOME, params={"viewerId": "v000"}).json()
    assert (page["bundleId"], page["degraded"]) == (None, ["bundle"])
    assert shown(page)
    assert not set(shown(page)) & (world.ADULT | world.FRENCH | world.EXPIRED)
    assert not {row["rowId"] for row in page["rows"]} & {"top-picks", "trending"}
    assert client.get("/ready").status_code == 503
    alike = client.get("/api/recommendations/similar/t000").json()
    assert all(item["genres"] == ["Genre 0"] for item in alike["items"][:5])


def test_without_a_bundle_what_the_night_counted_answers_by_region(
    store: Path, make_client: MakeClient, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(store, tmp_path / "store"))
    (own / "built").mkdir()
    french = [f"t{n:03d}" for n in (11, 12, 13, 14, 15, 16, 20, 21)]
    watched = {"": ["t001", "t002", *french], "FR": french}
    counted = [
        {"region": region, "title_id": title, "viewers": 20 - at}
        for region, titles in watched.items()
        for at, title in enumerate(titles)
    ]
    pq.write_table(pa.Table.from_pylist(counted, POPULAR), own / "built" / "popular.parquet")
    client = make_client(store=own, registry=tmp_path / "none")

    def first(region: str) -> list[str]:
        answer = client.get("/api/recommendations", params={"region": region, "limit": 10}).json()
        assert answer["degraded"] == ["bundle"]
        return shown(answer)

    assert first("FR") == [*french, "t001", "t002"]
    assert first("DE")[:2] == ["t001", "t002"]
    rows = {row["rowId"]: row for row in client.get(HOME, params={"region": "FR"}).json()["rows"]}
    assert {item["contentId"] for item in rows["trending"]["items"]} <= set(watched[""])


def test_without_bundle_and_catalog_there_is_a_503_that_says_what_to_do(
    make_client: MakeClient, tmp_path: Path
) -> None:
    client = make_client(registry=tmp_path, store=tmp_path)
    answer = client.get(HOME)
    assert answer.status_code == 503
    assert "recsys ingest" in answer.json()["detail"]
    assert client.post("/api/analytics/event", json=event("v", "t")).status_code == 202


def test_a_bundle_that_comes_later_is_taken_up(
    make_client: MakeClient, registry: Path, tmp_path: Path
) -> None:
    client = make_client(registry=tmp_path)
    assert client.get("/ready").json()["bundle"] is None
    (tmp_path / "champion").symlink_to((registry / "champion").resolve())
    assert until(lambda: client.get("/ready").status_code == 200)
