"""What is found by what is typed: other scripts, typing errors, parts of a question, and the order of equals."""

from pathlib import Path

import pytest

from tests.recsys.search.catalogs import Searched, named, table

NAMES = (
    "Amélie", "The Matrix", "Spider-Man", "Spider-Man 2", "WALL·E", "M*A*S*H (a.k.a. MASH)", "Rocky II", "Rocky",
    "Schindler's List", "卧虎藏龙", "千と千尋の神隠し", "기생충", "שָׁלוֹם עולם", "الرسالة", "Ирония судьбы", "दंगल", "Straße",
    "8½", "$", "Se7en", "Up", "The Kid", "Tom & Jerry", "Beyoncé: Homecoming", "(500) Days of Summer", "Ocean's Eleven",
)  # fmt: skip


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    return Searched(tmp_path_factory.mktemp("films"), named(*NAMES))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("amelie", "Amélie"), ("AMÉLIE", "Amélie"), ("ame\u0301lie", "Amélie"), ("matrix", "The Matrix"),
        ("spiderman", "Spider-Man"), ("spider man", "Spider-Man"), ("SPIDER-MAN 2", "Spider-Man 2"),
        ("walle", "WALL·E"), ("wall-e", "WALL·E"), ("mash", "M*A*S*H (a.k.a. MASH)"), ("rocky 2", "Rocky II"),
        ("schindlers list", "Schindler's List"), ("schindler\u2019s", "Schindler's List"), ("strasse", "Straße"),
        ("卧虎", "卧虎藏龙"), ("藏龙", "卧虎藏龙"), ("卧", "卧虎藏龙"), ("千尋", "千と千尋の神隠し"), ("기생", "기생충"),
        ("שלום", "שָׁלוֹם עולם"), ("עולם", "שָׁלוֹם עולם"), ("الرساله", "الرسالة"), ("ИРОНИЯ", "Ирония судьбы"),
        ("दंगल", "दंगल"), ("$", "$"), ("tom and jerry", "Tom & Jerry"), ("beyonce", "Beyoncé: Homecoming"),
        ("days of summer", "(500) Days of Summer"), ("８½", "8½"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(films: Searched, typed: str, meant: str) -> None:
    assert films.find(typed)[0] == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("teh matrix", "The Matrix"), ("the matrx", "The Matrix"), ("the matrixx", "The Matrix"),
        ("amelia", "Amélie"), ("schindlers lits", "Schindler's List"), ("spidermn", "Spider-Man"),
        ("te kid", "The Kid"), ("the kd", "The Kid"), ("卧虎藏龍", "卧虎藏龙"), ("Ирония судбы", "Ирония судьбы"),
        ("oceans elevn", "Ocean's Eleven"), ("tomandjerry", "Tom & Jerry"), ("rokcy", "Rocky"),
    ],
)  # fmt: skip
def test_a_typing_error_is_forgiven(films: Searched, typed: str, meant: str) -> None:
    assert meant in films.find(typed)[:3]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("the mat", "The Matrix"), ("schind", "Schindler's List"), ("bey", "Beyoncé: Homecoming")],
)
def test_the_last_word_may_be_only_begun(films: Searched, typed: str, meant: str) -> None:
    assert films.find(typed)[0] == meant


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "zzzzzzzz qqqqqq"])
def test_what_names_nothing_finds_nothing(films: Searched, typed: str) -> None:
    assert films.find(typed) == []


@pytest.fixture
def actors(tmp_path: Path) -> Searched:
    def film(title_id: str, year: int, genre: str, *cast: str, **more: object) -> dict[str, object]:
        return {
            "title_id": title_id,
            "release_year": year,
            "genres": [genre],
            "cast": list(cast),
            **more,
        }

    return Searched(
        tmp_path,
        table(
            film("old comedy", 1985, "Comedy", "Jim Carrey", "Someone Else"),
            film("mask", 1994, "Comedy", "Jim Carrey", "Cameron Diaz"),
            film("liar", 1997, "Comedy", "Jim Carrey"),
            film("truman", 1998, "Drama", "Jim Carrey", languages=["fr"]),
            film("other", 1995, "Comedy", "Cameron Diaz", languages=["fr"]),
            film("space", 1999, "Science Fiction", "Someone Else", title_type="series"),
        ),
    )


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("90s comedies with Jim Carrey", {"mask", "liar"}),
        ("1990s comedy films starring jim carrey", {"mask", "liar"}),
        ("comedies from the nineties by Cameron Diaz", {"mask", "other"}),
        ("jim carrey 1994", {"mask"}),
        ("comedies before 1990", {"old comedy"}),
        ("films since 1997", {"liar", "truman"}),
        ("movies after 1997", {"truman"}),
        ("comedies 1994-1995", {"mask", "other"}),
        ("comedies from 1994 to 1997", {"mask", "other", "liar"}),
        ("sci-fi", {"space"}),
        ("scifi shows", {"space"}),
        ("french movies", {"truman", "other"}),
        ("french comedies", {"other"}),
        ("90s comdies with jim carey", {"mask", "liar"}),
    ],
)
def test_a_question_is_understood_by_its_parts(
    actors: Searched, question: str, answer: set[str]
) -> None:
    assert set(actors.find(question)) == answer


def test_where_nothing_has_all_parts_what_has_all_but_one_comes(actors: Searched) -> None:
    found = actors.find("50s comedies with Jim Carrey")
    assert set(found) == {"old comedy", "mask", "liar"}


def test_a_name_that_reads_like_parts_is_first_of_all_a_name(tmp_path: Path) -> None:
    catalog = table(
        {"title_id": "a", "name": "Scary Movie", "genres": ["Comedy"]},
        {"title_id": "b", "name": "The Haunting", "genres": ["Horror"]},
        {"title_id": "c", "name": "1984", "release_year": 1956},
        {"title_id": "d", "name": "Footloose", "release_year": 1984},
    )
    searched = Searched(tmp_path, catalog)
    assert searched.find("scary movie") == ["a", "b"]
    assert searched.find("1984") == ["c", "d"]


def test_among_equals_taste_decides_then_what_is_watched(actors: Searched) -> None:
    actors.watched(["liar", "mask"])
    assert actors.find("90s comedies with Jim Carrey") == ["liar", "mask"]
    actors.liked = {"mask"}
    assert actors.find("90s comedies with Jim Carrey") == ["mask", "liar"]
    actors.liked = {"truman"}
    assert actors.find("mask")[0] == "mask", "a better match is not outdone by taste"


def test_what_is_hidden_leaves_its_place_to_others(tmp_path: Path) -> None:
    # Two thousand titles have the word, more than are looked through at first; all but the last few are hidden.
    ids = [f"{number:04d}" for number in range(2000)]
    searched = Searched(tmp_path, table(*({"title_id": one, "name": f"Saga {one}"} for one in ids)))
    searched.hidden = set(ids[:-5])
    assert set(searched.find("saga")) == set(ids[-5:])


def test_an_episode_is_found_only_where_its_series_may_be_shown(tmp_path: Path) -> None:
    catalog = table(
        {"title_id": "s", "name": "Some Series", "title_type": "series"},
        {"title_id": "e", "name": "The Wombat", "title_type": "episode", "series_id": "s"},
        {"title_id": "lost", "name": "The Wombat", "title_type": "episode", "series_id": "none"},
    )
    searched = Searched(tmp_path, catalog)
    found = searched.finder.find("wombat")
    assert [searched.ids[place] for place in found.places] == ["s"]
    assert [searched.ids[place] for place in found.episodes.values()] == ["e"]
    assert searched.find("wonbat") == ["s"]
    for hidden in ("s", "e"):
        searched.hidden = {hidden}
        assert searched.find("wombat") == []
