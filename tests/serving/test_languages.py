"""Every reader gets the language that is wanted most, the same from each replica and each cache, and no other reader's."""

from uuid import uuid4

import pytest

from tests.serving.conftest import shown, until
from tests.serving.readers import Place, row

ROOT = "/api/recommendations"


def test_a_page_is_in_the_language_that_is_asked_for(place: Place) -> None:
    viewer = place.viewer("t000")
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
    viewer = place.viewer("t003", "t006")
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
    viewer = place.viewer("t000", "t003")
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


def test_what_is_at_hand_says_in_which_language_it_is(place: Place) -> None:
    readers = {"nb-NO,nb;q=0.9": "nb", "": "en", "pt-BR": "pt-BR, en", "en,nb;q=0.8": "en"}
    for path in (
        f"{ROOT}/similar/t003?limit=7",
        "/api/content/t000",
        "/api/search?q=story&limit=7",
        "/api/search?q=story&suggest=true",
    ):
        for _ in range(2):
            for accepted, language in readers.items():
                answer = place.get(path, accepted)
                assert answer.headers["content-language"] == language, (path, accepted)
                assert "Accept-Language" in answer.headers["vary"], path


def test_the_languages_of_the_profile_hold_where_one_searches(place: Place) -> None:
    newcomer = f"reader-{uuid4().hex[:8]}"
    for viewer in (newcomer, place.viewer("t006", "t009")):
        headers = place.headers(viewer)
        said = place.client.put(
            "/api/user/preferences", json={"languages": ["nb"]}, headers=headers
        )
        assert said.status_code == 200, said.text
        for suggest in ("false", "true"):
            asked = {"q": "eventyret om skogen", "suggest": suggest}
            answer = place.client.get("/api/search", params=asked, headers=headers)
            assert answer.headers["content-language"] == "nb"
            told = answer.json()
            names = [one["name"] for one in told["items"]]
            names += [one["text"] for one in told["suggestions"]]
            assert names[0] == "Eventyret om skogen", (viewer == newcomer, suggest)


def test_a_kept_page_is_not_taken_for_the_same_in_another_language(place: Place) -> None:
    viewer = place.viewer("t000")
    path = f"{ROOT}/home"
    english = place.get(path, viewerId=viewer)
    tag = {"If-None-Match": english.headers["etag"]}
    same = place.client.get(path, params={"viewerId": viewer}, headers=tag)
    other = place.client.get(
        path, params={"viewerId": viewer}, headers=tag | {"Accept-Language": "nb"}
    )
    assert (same.status_code, other.status_code) == (304, 200)
    assert same.headers["content-language"] == "en"


@pytest.mark.parametrize("how", [{"language": "nb"}, {"accepted": "de-CH,nb"}])
def test_a_page_in_a_language_is_made_again_to_the_last_byte(
    place: Place, how: dict[str, str]
) -> None:
    viewer = place.viewer("t000", "t003")
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
    viewer = place.viewer("t001", "t004")
    first, second = (
        place.get(f"{ROOT}/similar/t001", accepted, viewerId=viewer).json()
        for accepted in ("", "nb")
    )
    assert shown(first) == shown(second)
