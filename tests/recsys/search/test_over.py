"""An index of later titles over another answers as one that was made of all titles at once."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from recsys.search.complete import Completer
from recsys.search.facets import facets
from recsys.search.index import Index
from tests.recsys.search.catalogs import Searched, table

CARREY = "Jim Carrey"
EARLIER = (
    {"title_id": "series", "name": "Some Series", "title_type": "series"},
    {"title_id": "ep", "name": "The Wombat", "title_type": "episode", "series_id": "series"},
    {"title_id": "mask", "name": "The Mask", "cast": [CARREY], "genres": ["Comedy"], "release_year": 1994},
    {"title_id": "old", "name": "Forgotten Zebra", "genres": ["Western"], "cast": ["Lone Rider"],
     "translations": [{"language": "nb", "name": "Glemte hester"}]},
    {"title_id": "paris", "name": "An Evening in Paris", "genres": ["Drama"], "release_year": 1990},
)  # fmt: skip
LATER = (
    {"title_id": "liar", "name": "Liar Liar", "cast": [CARREY, "New Person"], "genres": ["Comedy", "Noir"], "release_year": 1997},
    {"title_id": "old", "name": "Remembered Quagga", "genres": ["Noir"],
     "translations": [{"language": "nb", "name": "Husket trane"}, {"language": "de", "name": "Das Quagga"}]},
    {"title_id": "second", "name": "Other Series", "title_type": "series"},
    {"title_id": "ep2", "name": "The Quokka", "title_type": "episode", "series_id": "second"},
    {"title_id": "paris2", "name": "A Morning in Paris", "genres": ["Drama"], "release_year": 1999},
)  # fmt: skip
QUESTIONS = (
    "mask", "liar", "lair liar", "zebra", "forgoten zebra", "quagga", "remembred quagga", "wombat", "wonbat", "quokka",
    "quoka", "jim carrey", "90s comedies with jim carrey", "new person", "nwe person", "noir", "western", "lone rider",
    "paris", "in paris", "morning", "films before 1995", "drama of the 90s", "liarliar", "movies like remembered quagga",
    "glemte hester", "husket trane", "huskt trane", "das quagga",
)  # fmt: skip
BEGINNINGS = (
    "j",
    "jim",
    "new",
    "no",
    "wes",
    "qua",
    "for",
    "rem",
    "p",
    "in par",
    "lia",
    "lone",
    "dram",
    "gle",
    "husk",
)


def searched(folder: Path, catalog: pa.Table, later: Index | None = None) -> Searched:
    """Both as one; what is outdated may not be shown, as where an index is served."""
    made = Searched(folder, catalog)
    if later is not None:
        made.index = made.index.over(later)
        ids = made.index.entries.table["title_id"].to_pylist()
        outdated = made.index.entries.outdated
        made.ids = [
            f"{one}, as it was" if old else one for one, old in zip(ids, outdated, strict=True)
        ]
        made.hidden = {one for one in made.ids if one.endswith(", as it was")}
        made.popular = np.zeros(made.index.entries.n_titles, np.float32)
    return made


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Searched, Searched]:
    kept = [row for row in EARLIER if row["title_id"] != "old"]
    whole = searched(tmp_path_factory.mktemp("whole"), table(*kept, *LATER))
    one = searched(tmp_path_factory.mktemp("over"), table(*EARLIER), Index.of(table(*LATER)))
    return one, whole


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_are_answered_alike(both: tuple[Searched, Searched], question: str) -> None:
    one, whole = both
    assert set(one.find(question)) == set(whole.find(question))
    found = [made.finder.find(question) for made in both]
    named = [[(kind, name) for kind, name in each.reading.named] for each in found]
    assert named[0] == named[1]
    grades = [
        {
            made.ids[place]: float(grade)
            for place, grade in zip(each.places, each.grades, strict=True)
        }
        for made, each in zip(both, found, strict=True)
    ]
    assert grades[0] == grades[1]
    episodes = [
        {made.ids[title]: made.ids[episode] for title, episode in each.episodes.items()}
        for made, each in zip(both, found, strict=True)
    ]
    assert episodes[0] == episodes[1]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_beginnings_are_completed_alike(both: tuple[Searched, Searched], beginning: str) -> None:
    def completed(made: Searched) -> set[str]:
        found = Completer(made.index, made.shown, made.popular).complete(beginning, 20)
        return {
            made.ids[number] if kind == "title" else f"{kind}: {made.index.lexicon.name(number)}"
            for kind, number in found
        }

    one, whole = both
    assert completed(one) == completed(whole)


def test_names_in_other_languages_are_those_of_the_later_title(
    both: tuple[Searched, Searched],
) -> None:
    one, _ = both
    assert one.find("husket trane") == ["old"]
    assert one.find("glemte hester") == []


def test_facets_count_alike(both: tuple[Searched, Searched]) -> None:
    def counted(made: Searched) -> Any:
        titles = np.arange(made.index.entries.n_titles)
        return facets(made.index, titles[made.shown[titles]], np.zeros(0, np.int64))

    one, whole = both
    assert counted(one) == counted(whole)
    assert {"Comedy": 2, "Noir": 2, "Drama": 2}.items() <= dict(counted(whole)["genre"]).items()


def test_nothing_later_changes_nothing(tmp_path: Path) -> None:
    one = searched(tmp_path / "one", table(*EARLIER), Index.of(table()))
    assert one.find("mask") == ["mask"]
    assert one.find("wombat") == ["series"]
    first = searched(tmp_path / "first", table(), Index.of(table(*EARLIER)))
    assert first.find("mask") == ["mask"]
    assert first.find("wombat") == ["series"]


def test_where_much_is_found_in_both_neither_crowds_out_the_other(tmp_path: Path) -> None:
    def saga(letter: str) -> list[dict[str, Any]]:
        return [
            {"title_id": f"{letter}{n:03d}", "name": f"Saga {letter}{n:03d}"} for n in range(400)
        ]

    made = searched(tmp_path, table(*saga("a")), Index.of(table(*saga("b"))))
    found = [one[0] for one in made.find("saga")]
    assert min(found.count("a"), found.count("b")) >= 200
