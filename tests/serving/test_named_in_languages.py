"""Every answer that names a title names it in the language that its reader wants most."""

from tests.serving.readers import Place, named

ROOT = "/api/recommendations"


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
    viewer = place.viewer("t003", "e1")
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
    viewer = place.viewer("t000", "t003", "t006")
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
    viewer = place.viewer("t006")
    first = place.get(f"{ROOT}/home", viewerId=viewer, language="nb", rows=1, titles=1)
    rest = place.get(f"{ROOT}/home/more", viewerId=viewer, cursor=first.json()["nextCursor"])
    assert rest.headers["content-language"] == "nb"
    whole = place.get(f"{ROOT}/home", viewerId=viewer, language="nb").json()
    assert rest.json()["rows"][0]["name"] in {one["name"] for one in whole["rows"]}
