"""Every answer that names a title names it in the language that its reader wants most, and no reader gets another's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recsys.schema import TITLES
from recsys.search.kept import ensure
from recsys.settings import Settings
from serving.identity.contracts import Scope
from serving.identity.issuer import Issuer
from serving.postgres import EmbeddedPostgres
from tests.serving import world
from tests.serving.conftest import bearer, event, serving, shown, until
from tests.serving.conftest import database_in as database_of

ROOT = "/api/recommendations"
SAID = {
    "t000": {"nb": ("Eventyret om havet", "Om havet."), "pt": ("Conto zero", None)},
    "t003": {"nb": ("Eventyret om skogen", None), "pt-BR": ("Conto três", None)},
    "s00": {"nb": ("Den lange historien", None)},
    "e1": {"nb": ("Første del", "Hvor det begynner.")},
}
"""By title and language, its name and perhaps what is told of it."""


def catalog() -> pa.Table:
    """The small world, in which some titles are translated and the first is a crime story."""
    rows = world.catalog().to_pylist()
    for row in rows:
        row["translations"] = [
            {"language": tag, "name": name, "description": about}
            for tag, (name, about) in SAID.get(row["title_id"], {}).items()
        ]
        if row["title_id"] == "t000":
            row["genres"] = ["Crime"]
    return pa.Table.from_pylist(rows, schema=TITLES)


@dataclass(frozen=True)
class Place:
    client: httpx.Client
    issuer: Issuer

    def headers(self, viewer: str | None, accepted: str = "") -> dict[str, str]:
        token = self.issuer.issue("a1", [Scope.VIEWER], viewer_id=viewer, minutes=60)
        return bearer(token) | ({"Accept-Language": accepted} if accepted else {})

    def get(self, path: str, accepted: str = "", **query: Any) -> httpx.Response:
        headers = {"Accept-Language": accepted} if accepted else {}
        answer = self.client.get(path, params=query or None, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, registry: Path, postgres: EmbeddedPostgres
) -> Iterator[Place]:
    store = tmp_path_factory.mktemp("languages") / "store"
    world.write_raw(store)
    titles = store / "raw" / "titles.parquet"
    pq.write_table(catalog(), titles)
    ensure(titles, store / "search")
    settings = Settings(store=store, registry=registry, database_url=database_of(postgres))
    with serving(settings) as client:
        yield Place(client, Issuer.of(settings))


def viewer_of(place: Place, *watched: str) -> str:
    viewer = f"reader-{uuid4().hex[:8]}"
    done = [event(viewer, title, "complete", watchedPortion=1.0) for title in watched]
    assert place.client.post("/api/analytics/event", json=done).status_code == 202
    return viewer


def named(answer: Any, title: str) -> str:
    """What a title is called wherever it stands in an answer."""
    if isinstance(answer, dict):
        if answer.get("contentId") == title:
            return answer["name"]
        answer = list(answer.values())
    found = (named(one, title) for one in answer if isinstance(one, dict | list))
    return next((name for name in found if name), "")


def row(page: dict[str, Any], row_id: str) -> dict[str, Any]:
    return next(one for one in page["rows"] if one["rowId"] == row_id)


def test_a_page_is_in_the_language_that_is_asked_for(place: Place) -> None:
    viewer = viewer_of(place, "t000")
    plain = place.get(f"{ROOT}/home", viewerId=viewer)
    norwegian = place.get(f"{ROOT}/home", viewerId=viewer, language="nb")
    assert norwegian.headers["content-language"] == "nb"
    assert plain.headers["content-language"] == "en"
    for answer in (plain, norwegian):
        assert "Accept-Language" in answer.headers["vary"]
    english, page = plain.json(), norwegian.json()
    because = row(page, "because-t000")
    assert because["name"] == "Fordi du så Eventyret om havet"
    assert because["reason"] == "De har mye til felles med Eventyret om havet"
    assert row(english, "because-t000")["name"] == "Because you watched Story 0 of pirates"
    assert row(page, "trending")["name"] == "Populært nå"
    assert row(page, "editorial-short")["name"] == "Halvannen time eller kortere"
    assert [one["rowId"] for one in page["rows"]] == [one["rowId"] for one in english["rows"]]
    reasons = {item["reason"] for one in page["rows"] for item in one["items"]}
    assert not reasons & {item["reason"] for one in english["rows"] for item in one["items"]}


def test_what_is_wanted_falls_back_tag_by_tag(place: Place) -> None:
    def names(accepted: str, **query: str) -> tuple[str, ...]:
        about = [place.get(f"/api/content/{one}", accepted, **query) for one in ("t000", "t003")]
        return tuple(one.json()["name"] for one in about)

    assert names("pt-BR") == ("Conto zero", "Conto três")
    assert names("pt") == ("Conto zero", "Story 3 of pirates")
    assert names("pt,nb;q=0.5") == ("Conto zero", "Eventyret om skogen")
    assert names("sv, de;q=0.9, no;q=0.1") == ("Eventyret om havet", "Eventyret om skogen")
    # Who reads the original before a translation gets the original.
    assert names("en-GB,en;q=0.9,nb;q=0.8") == ("Story 0 of pirates", "Story 3 of pirates")
    assert names("nb", language="pt") == ("Conto zero", "Eventyret om skogen")


def test_what_the_profile_prefers_goes_before_the_device_and_after_the_request(
    place: Place,
) -> None:
    viewer = viewer_of(place, "t003", "t006")
    said = place.client.put(
        "/api/user/preferences", json={"languages": ["nb"]}, headers=place.headers(viewer)
    )
    assert said.status_code == 200, said.text

    def spoken(accepted: str = "", **query: str) -> str:
        headers = place.headers(viewer, accepted)
        answer = place.client.get(f"{ROOT}/home", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return row(answer.json(), "top-picks")["name"]

    assert spoken() == spoken("de") == "Plukket ut til deg"
    assert spoken("nb", language="es") == "Lo mejor para ti"
    assert spoken(language="en") == "Top picks for you"
    # From the very next page on another holds.
    place.client.put(
        "/api/user/preferences", json={"languages": ["de"]}, headers=place.headers(viewer)
    )
    assert spoken() == "Das Beste für dich"


def test_two_readers_who_ask_in_turn_never_get_each_others_answer(place: Place) -> None:
    viewer = viewer_of(place, "t000", "t003")
    paths = {
        f"{ROOT}/home?viewerId={viewer}": "Trending now",
        f"{ROOT}/similar/t003?limit=50": "Story 0 of pirates",
        "/api/content/t000": "Story 0 of pirates",
        "/api/content/categories": '"label":"Crime"',
        "/api/content/new-releases?limit=100": "Story 0 of pirates",
        "/api/content/trending?limit=100": "Story 0 of pirates",
        "/api/search?q=story&limit=100": "Story 0 of pirates",
    }
    norwegian = {"Story 0 of pirates": "Eventyret om havet", "Trending now": "Populært nå"}
    norwegian |= {'"label":"Crime"': '"label":"Krim"'}
    for path, english in paths.items():
        tags = {}
        for _ in range(3):
            for accepted, there, absent in (
                ("nb-NO,nb;q=0.9", norwegian[english], english),
                ("en-US,en;q=0.9,nb;q=0.8", english, norwegian[english]),
                ("", english, norwegian[english]),
            ):
                answer = place.get(path, accepted)
                text = answer.text
                assert there in text, (path, accepted)
                assert absent not in text, (path, accepted)
                tags.setdefault(there, set()).add(answer.headers.get("etag"))
        first, second = tags.values()
        assert not first & second or first == {None}, path


def test_a_kept_page_is_not_taken_for_the_same_in_another_language(place: Place) -> None:
    viewer = viewer_of(place, "t000")
    path = f"{ROOT}/home"
    english = place.get(path, viewerId=viewer)
    tag = {"If-None-Match": english.headers["etag"]}
    same = place.client.get(path, params={"viewerId": viewer}, headers=tag)
    other = place.client.get(
        path, params={"viewerId": viewer}, headers=tag | {"Accept-Language": "nb"}
    )
    assert (same.status_code, other.status_code) == (304, 200)
    assert same.headers["content-language"] == "en"


def test_the_catalog_tells_of_titles_in_the_language(place: Place) -> None:
    series = place.get("/api/content/s00", "nb").json()
    first, second = series["seasons"][0]["episodes"][:2]
    assert series["name"] == "Den lange historien"
    assert (first["name"], first["description"]) == ("Første del", "Hvor det begynner.")
    assert second["name"] == "Part 2"  # what is not translated stays as it is
    episode = place.get("/api/content/e1", language="nb").json()
    assert episode["series"]["name"] == "Den lange historien"
    about = place.get("/api/content/t003", "nb").json()
    assert about["name"] == "Eventyret om skogen"
    assert about["description"].startswith("All about")
    genres = {
        one["name"]: one["label"]
        for one in place.get("/api/content/categories", "es").json()["genres"]
    }
    assert genres["Crime"] == "Crimen"
    assert genres["Genre 1"] == "Genre 1"


def test_a_title_is_found_and_completed_by_any_of_its_names(place: Place) -> None:
    found = place.get("/api/search", "nb", q="eventyret om skogen").json()
    best = found["items"][0]
    assert (best["contentId"], best["name"]) == ("t003", "Eventyret om skogen")
    assert all(piece["matched"] for piece in best["nameParts"])
    assert [
        one["label"]
        for one in place.get("/api/search", "nb", q="eventyret om havet").json()["facets"]["genre"]
    ] == ["Krim"]
    # Found by another name than the one that is shown: nothing of that is marked.
    english = place.get("/api/search", q="eventyret skogen").json()["items"][0]
    assert english["name"] == "Story 3 of pirates"
    assert not any(piece["matched"] for piece in english["nameParts"])
    suggested = place.get("/api/search", "nb", q="eventyret om sk", suggest="true").json()
    assert suggested["suggestions"][0]["text"] == "Eventyret om skogen"
    episode = place.get("/api/search", "nb", q="første del").json()["items"][0]
    assert (episode["contentId"], episode["episode"]["name"]) == ("s00", "Første del")


def test_a_viewers_own_lists_are_in_the_language(place: Place) -> None:
    viewer = viewer_of(place, "t003", "e1")
    headers = place.headers(viewer, "nb")
    added = place.client.post("/api/user/watchlist/t000", headers=headers)
    assert added.json()["name"] == "Eventyret om havet"
    for path in ("watchlist", "history"):
        answer = place.client.get(f"/api/user/{path}", headers=headers)
        assert answer.headers["content-language"] == "nb"
        names = {one["name"] for one in answer.json()["items"]}
        assert (
            names
            == {
                "watchlist": {"Eventyret om havet"},
                "history": {"Eventyret om skogen", "Den lange historien"},
            }[path]
        )
    asked = place.client.get(
        "/api/user/watchlist", params={"language": "en"}, headers=headers
    ).json()
    assert asked["items"][0]["name"] == "Story 0 of pirates"


def test_lists_explanations_and_taste_are_in_the_language(place: Place) -> None:
    viewer = viewer_of(place, "t000", "t003", "t006")
    query = {"viewerId": viewer, "language": "nb"}
    picks = place.get(f"{ROOT}/onboarding", viewerId="nobody", language="nb", limit=50).json()
    assert named(picks, "t003") == "Eventyret om skogen"
    every = place.get(ROOT, **query, limit=5)
    assert every.headers["content-language"] == "nb"
    title = every.json()["items"][0]["contentId"]
    why = place.get(f"{ROOT}/explain", **query, contentId=title)
    assert why.headers["content-language"] == "nb"
    assert {one["reason"] for one in why.json()["rules"]} >= {
        "Den kan vises overalt",
        "Den er for alle",
    }
    watched = {one["contentId"]: one["name"] for one in why.json()["part"]["watched"]}
    assert watched["t000"] == "Eventyret om havet"
    taste = place.get("/api/user/taste", **query).json()
    assert named(taste["genres"], "t003") == "Eventyret om skogen"
    around = place.get("/api/content/t003/recommendations", "nb", limit=50).json()
    assert named(around, "t000") == "Eventyret om havet"


def test_a_guest_and_the_rest_of_a_page_are_in_the_language(place: Place) -> None:
    guest = {"events": [], "region": "DE"}
    page = place.client.post(
        "/api/sessions/recommendations", json=guest, headers={"Accept-Language": "de-AT"}
    )
    assert page.headers["content-language"] == "de"
    assert "Gerade beliebt" in [one["name"] for one in page.json()["rows"]]
    said = place.client.post("/api/sessions/recommendations", json=guest | {"language": "es"})
    assert "Tendencias" in [one["name"] for one in said.json()["rows"]]
    viewer = viewer_of(place, "t006")
    first = place.get(f"{ROOT}/home", viewerId=viewer, language="nb", rows=1, titles=1)
    rest = place.get(f"{ROOT}/home/more", viewerId=viewer, cursor=first.json()["nextCursor"])
    assert rest.headers["content-language"] == "nb"
    whole = place.get(f"{ROOT}/home", viewerId=viewer, language="nb").json()
    assert rest.json()["rows"][0]["name"] in {one["name"] for one in whole["rows"]}


@pytest.mark.parametrize("how", [{"language": "nb"}, {"accepted": "de-CH,nb"}])
def test_a_page_in_a_language_is_made_again_to_the_last_byte(
    place: Place, how: dict[str, str]
) -> None:
    viewer = viewer_of(place, "t000", "t003")
    page = place.get(f"{ROOT}/home", viewerId=viewer, **how)
    again = f"{ROOT}/replay/{page.json()['recommendationId']}"
    assert until(lambda: place.client.get(again).status_code != 404)
    replayed = place.client.get(again)
    assert replayed.content == page.content
    assert replayed.headers["content-language"] == page.headers["content-language"]


def test_what_is_no_language_is_refused_where_it_is_asked_for_and_passed_over_in_a_header(
    place: Place,
) -> None:
    for wrong in ("norsk", "NB", "nb_NO", "", "*"):
        answer = place.client.get("/api/content/t000", params={"language": wrong})
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["expected"] == "a language, such as nb or pt-BR"
    hidden = place.client.get("/api/content/t000", params={"accepted": "nb"})
    assert hidden.status_code == 422
    assert hidden.json()["errors"][0]["expected"] == "no field of this name"
    for odd in ("*", ";;q=,", "x" * 5000, "nb;q=7, nb;q=0", "\xe6\xf8\xe5", "-,-;q=1", "nb-" * 200):
        headers = {"Accept-Language": odd.encode("latin-1")}
        for path in ("/api/content/t000", f"{ROOT}/home", f"{ROOT}/similar/t000"):
            answer = place.client.get(path, headers=headers)
            assert answer.status_code == 200, (odd, path)


def test_every_title_of_a_page_has_the_same_place_in_each_language(place: Place) -> None:
    viewer = viewer_of(place, "t001", "t004")
    first, second = (
        place.get(f"{ROOT}/similar/t001", accepted, viewerId=viewer).json()
        for accepted in ("", "nb")
    )
    assert shown(first) == shown(second)
