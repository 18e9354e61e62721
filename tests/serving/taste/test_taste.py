"""The taste in words, and what is said of it: each edit shows on the next page."""

from typing import Any

import httpx
import pytest

from tests.serving.conftest import MakeClient, event, shown
from tests.serving.recommendations.test_answers import HOME, LIST, SURFACES, get
from tests.serving.world import ADULT

URL = "/api/user/taste"
WATCHED = ("t002", "t005", "t011", "t001")
"""Three of Genre 2 and one of Genre 1."""


def new_viewer(client: httpx.Client, name: str, titles: tuple[str, ...] = WATCHED) -> str:
    post(client, *(event(name, title, watchedPortion=1.0) for title in titles))
    return name


def post(client: httpx.Client, *events: dict[str, Any]) -> None:
    assert client.post("/api/analytics/event", json=list(events)).status_code == 202


def patch(client: httpx.Client, viewer: str, **body: Any) -> dict[str, Any]:
    answer = client.patch(URL, params={"viewerId": viewer}, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def say(client: httpx.Client, viewer: str, edit: str, value: str, kind: str = "genre") -> None:
    patch(client, viewer, edits=[{"kind": kind, "value": value, "edit": edit}])


def of(taste: int) -> set[str]:
    return {f"t{number:03d}" for number in range(taste, 60, 3)} | ({"s00"} if taste == 0 else set())


def share(client: httpx.Client, viewer: str, taste: int) -> float:
    """How large a part of the next page is of a genre, each place counting as it is looked at."""
    looks = {
        item["contentId"]: 0.9 ** row["rowRank"] * 0.87 ** item["itemRank"]
        for row in get(client, HOME, viewerId=viewer)["rows"]
        for item in row["items"]
    }
    return sum(looks[title] for title in set(looks) & of(taste)) / sum(looks.values())


def test_the_taste_is_what_was_watched_in_words_with_the_titles_behind(
    client: httpx.Client,
) -> None:
    viewer = new_viewer(client, "in-words")
    taste = get(client, URL, viewerId=viewer)
    assert (taste["viewerId"], taste["history"]) == (viewer, "running")
    best, other = taste["genres"]
    assert (best["kind"], best["value"], best["edit"]) == ("genre", "Genre 2", None)
    assert best["weight"] == pytest.approx(3 / 4)
    assert [title["contentId"] for title in best["titles"]] == ["t002", "t005", "t011"]
    assert best["titles"][0]["name"] == "Story 2 of satellites"
    assert (other["value"], other["weight"]) == ("Genre 1", pytest.approx(1 / 4))
    assert [one["value"] for one in taste["people"][:2]] == ["Actor 2", "Director 2"]
    assert [one["value"] for one in taste["keywords"]] == ["keyword 2", "keyword 1"]


def test_who_watched_nothing_has_no_taste_yet(client: httpx.Client) -> None:
    taste = get(client, URL, viewerId="blank")
    assert (taste["genres"], taste["people"], taste["keywords"]) == ([], [], [])


def test_no_title_is_named_that_the_viewer_may_not_be_shown(client: httpx.Client) -> None:
    viewer = new_viewer(client, "careful", ("t007", "t017", "t001"))
    named = str(get(client, URL, viewerId=viewer))
    assert "t007" in named
    assert "t017" in named
    limited = str(get(client, URL, viewerId=viewer, maximumAge=12))
    assert not any(title in limited for title in ADULT)
    assert "Genre 2" not in limited  # t017 alone is of it


def test_more_of_a_genre_shows_on_the_next_page(client: httpx.Client) -> None:
    viewer = new_viewer(client, "more")
    before = share(client, viewer, 1)
    say(client, viewer, "more", "Genre 1")
    assert share(client, viewer, 1) > before
    genre = get(client, URL, viewerId=viewer)["genres"][0]
    assert (genre["value"], genre["edit"]) == ("Genre 1", "more")
    assert genre["weight"] == pytest.approx(2 / 5)


def test_more_of_a_genre_that_was_never_watched_shows_on_the_next_page(
    client: httpx.Client,
) -> None:
    viewer = new_viewer(client, "curious", ("t002", "t005", "t011"))
    assert not set(shown(get(client, LIST, viewerId=viewer, limit=6))) & of(0)
    before = share(client, viewer, 0)
    say(client, viewer, "more", "Genre 0")
    assert len(set(shown(get(client, LIST, viewerId=viewer, limit=6))) & of(0)) >= 2
    assert share(client, viewer, 0) > before


def test_less_of_a_genre_shows_on_the_next_page(client: httpx.Client) -> None:
    viewer = new_viewer(client, "less")
    before = share(client, viewer, 2)
    say(client, viewer, "less", "Genre 2")
    assert share(client, viewer, 2) < before
    weight = get(client, URL, viewerId=viewer)["genres"][0]["weight"]
    assert weight == pytest.approx(1.5 / 2.5)


@pytest.mark.parametrize("kind", ["genre", "person", "keyword"])
@pytest.mark.parametrize("algorithm", ["collaborative", "content-based", "hybrid"])
def test_more_and_less_of_a_word_move_lists(
    client: httpx.Client, kind: str, algorithm: str
) -> None:
    def place(taste: int) -> float:
        listed = shown(get(client, LIST, viewerId=viewer, limit=60, algorithm=algorithm))
        places = [at for at, title in enumerate(listed) if title in of(taste)]
        return sum(places) / len(places)

    viewer = new_viewer(client, f"lists-{kind}-{algorithm}")
    value = {"genre": "Genre 0", "person": "Director 0", "keyword": "keyword 0"}[kind]
    last, first = place(0), place(2)
    say(client, viewer, "more", value, kind)
    assert place(0) < last
    say(client, viewer, "reset", value, kind)
    assert place(0) == last
    say(client, viewer, "less", value.replace("0", "2"), kind)
    assert place(2) > first


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_never_takes_all_titles_of_a_word_away_everywhere(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    viewer = new_viewer(client, f"never-{len(url)}-{query.get('algorithm')}")
    assert set(shown(get(client, url, viewerId=viewer, **query))) & of(2)
    say(client, viewer, "never", "Actor 2", "person")
    after = shown(get(client, url, viewerId=viewer, **query))
    assert after
    assert not set(after) & of(2)
    wide = {"filter": 'genre = "Genre 2"'}
    assert shown(get(client, url, viewerId=viewer, **query, **wide)) == []


def test_never_is_no_reason_either(client: httpx.Client) -> None:
    viewer = new_viewer(client, "never-because")
    say(client, viewer, "never", "Genre 2")
    rows = [row["rowId"] for row in get(client, HOME, viewerId=viewer)["rows"]]
    assert not {f"because-{title}" for title in of(2)} & set(rows)
    genre = get(client, URL, viewerId=viewer)["genres"][0]
    assert (genre["value"], genre["edit"], genre["weight"]) == ("Genre 2", "never", 0.0)


def test_edits_of_who_watched_nothing_show_too(client: httpx.Client) -> None:
    say(client, "onboards", "never", "Genre 0")
    page = shown(get(client, HOME, viewerId="onboards"))
    assert page
    assert not set(page) & of(0)
    before = share(client, "onboards-2", 1)
    say(client, "onboards-2", "more", "Genre 1")
    assert share(client, "onboards-2", 1) > before


def test_what_was_said_is_a_rule_of_the_explanation(client: httpx.Client) -> None:
    def rules(title: str) -> dict[str, tuple[bool, str]]:
        query = {"viewerId": viewer, "contentId": title, "filter": "release_year > 0"}
        told = get(client, "/api/recommendations/explain", **query)["rules"]
        return {rule["rule"]: (rule["passed"], rule["reason"]) for rule in told}

    viewer = new_viewer(client, "explained")
    assert not {"taste", "thumb"} & set(rules("t004"))
    say(client, viewer, "more", "Genre 1")
    assert rules("t004")["taste"] == (True, "You asked for more of its kind")
    say(client, viewer, "less", "Genre 1")
    assert rules("t004")["taste"] == (True, "You asked for less of its kind")
    say(client, viewer, "never", "Genre 1")
    assert rules("t004")["taste"] == (False, "You asked for none of its kind")
    post(client, event(viewer, "t003", "thumb", value=-1))
    assert rules("t003")["thumb"] == (False, "You turned it down")
    assert rules("t003")["filter"][0] is True


def test_reset_of_all_gives_the_page_of_before(client: httpx.Client) -> None:
    viewer = new_viewer(client, "resets")
    before, taste = shown(get(client, HOME, viewerId=viewer)), get(client, URL, viewerId=viewer)
    edits = [
        {"kind": "genre", "value": "genre 1", "edit": "never"},
        {"kind": "person", "value": "Actor 0", "edit": "more"},
    ]
    assert patch(client, viewer, edits=edits)["genres"][0]["value"] == "Genre 1"
    assert shown(get(client, HOME, viewerId=viewer)) != before
    assert patch(client, viewer, reset=True) == taste
    assert shown(get(client, HOME, viewerId=viewer)) == before
    again = patch(client, viewer, reset=True, edits=edits[:1])
    assert [one["edit"] for one in again["genres"]] == ["never", None]


def test_an_edit_in_any_case_is_kept_as_the_catalog_spells_it(client: httpx.Client) -> None:
    say(client, "spells", "less", "gENRE 1")
    say(client, "spells", "more", "genre 1")
    words = get(client, URL, viewerId="spells")["genres"]
    assert [(one["value"], one["edit"]) for one in words] == [("Genre 1", "more")]
    say(client, "spells", "reset", "GENRE 1")
    assert get(client, URL, viewerId="spells")["genres"] == []


WRONG = [
    ({"edits": [{"kind": "mood", "value": "x", "edit": "more"}]}, "edits.0.kind"),
    ({"edits": [{"kind": "genre", "value": "Genre 1", "edit": "much"}]}, "edits.0.edit"),
    ({"edits": [{"kind": "genre", "value": "", "edit": "more"}]}, "edits.0.value"),
    ({"edits": [{"kind": "genre", "value": "Drama?", "edit": "more"}]}, "edits.0.value"),
    ({"edits": [{"kind": "genre", "value": "keyword 1", "edit": "never"}]}, "edits.0.value"),
    ({"edits": [{"kind": "genre", "value": g, "edit": "less"} for g in ("A", "a")]}, "edits"),
    ({"edits": [{"kind": "genre", "value": "A", "edit": "reset"}] * 201}, "edits"),
    ({"history": "stopped"}, "history"),
    ({"reset": 1}, "reset"),
    ({"forget": True}, "forget"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
def test_what_is_wrong_with_an_edit_is_named(
    client: httpx.Client, body: dict[str, Any], field: str
) -> None:
    answer = client.patch(URL, params={"viewerId": "wrong"}, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert get(client, URL, viewerId="wrong")["genres"] == []


def test_an_unknown_word_is_named_and_nothing_of_the_patch_is_kept(client: httpx.Client) -> None:
    edits = [
        {"kind": "genre", "value": "Genre 1", "edit": "never"},
        {"kind": "person", "value": "Nobody", "edit": "more"},
    ]
    answer = client.patch(URL, params={"viewerId": "all-or-nothing"}, json={"edits": edits})
    assert answer.json()["detail"] == "edits.1.value: expected a person of the catalog, got Nobody"
    assert get(client, URL, viewerId="all-or-nothing")["genres"] == []


def test_a_viewer_has_to_be_named(client: httpx.Client) -> None:
    for answer in (client.get(URL), client.patch(URL, json={})):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "viewerId")


def test_without_the_database_there_is_no_taste_to_tell(make_client: MakeClient) -> None:
    nowhere = make_client(database_url="postgresql://nobody@127.0.0.1:9/nothing")
    assert nowhere.get(URL, params={"viewerId": "v005"}).status_code == 503
    answer = nowhere.patch(URL, params={"viewerId": "v005"}, json={"reset": True})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-down")


def test_before_anything_was_learned_edits_hold_too(make_client: MakeClient, tmp_path: Any) -> None:
    untaught = make_client(registry=tmp_path)
    viewer = new_viewer(untaught, "untaught")
    say(untaught, viewer, "never", "Genre 0")
    page = shown(get(untaught, HOME, viewerId=viewer))
    assert page
    assert not set(page) & of(0)
    say(untaught, viewer, "reset", "Genre 0")
    before = shown(get(untaught, LIST, viewerId=viewer, limit=6))
    say(untaught, viewer, "more", "Genre 1")
    after = shown(get(untaught, LIST, viewerId=viewer, limit=6))
    assert len(set(after) & of(1)) > len(set(before) & of(1))
