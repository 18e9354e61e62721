"""Titles are believable and their posters can be drawn by anyone."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from pipelines.world.names import Names
from pipelines.world.people import people
from pipelines.world.strands import strands
from recsys.schema import MATURITY_AGES, TitleType
from tests.pipelines.world.made import Made


def test_every_title_has_a_well_formed_small_poster(small: Made) -> None:
    for path in small.titles["artwork"].unique():
        poster = small.directory / path
        assert poster.stat().st_size < 4096
        root = ET.fromstring(poster.read_text())  # noqa: S314  our own file
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.get("viewBox") == "0 0 200 300"


def test_a_poster_bears_its_title_and_an_episode_its_series(small: Made) -> None:
    owners = small.titles["series_id"].fillna(small.titles["title_id"])
    for owner, path in zip(owners, small.titles["artwork"], strict=True):
        root = ET.fromstring((small.directory / path).read_text())  # noqa: S314  our own file
        assert root.get("aria-label") == small.titles.loc[owner, "name"]


def test_posters_of_different_titles_differ(small: Made) -> None:
    pictures = [path.read_text() for path in (small.directory / "artwork").iterdir()]
    bare = {re.sub(r"<text.*?</text>|aria-label=\"[^\"]*\"", "", picture) for picture in pictures}
    assert len(bare) == len(pictures)


def test_descriptions_are_sentences_with_nothing_left_to_fill_in(small: Made) -> None:
    for text in small.titles["description"]:
        assert 2 <= len(re.findall(r"\.(?: |$)", text)) <= 4
        assert "{" not in text
        assert text[0].isupper()


def test_a_description_keeps_to_the_place_in_the_name(small: Made) -> None:
    for draft in small.titles[small.titles["title_type"] == "movie"].itertuples():
        places = {place for strand in strands() for place in strand.places}
        named = [place for place in places if draft.name.endswith(f" in {place}")]
        other = [p for p in places - set(named) if draft.description.startswith(f"In {p},")]
        assert not (named and other)


def test_what_children_may_see_comes_from_no_strand_for_grown_ups_alone(small: Made) -> None:
    horror = small.titles[[("Horror" in genres) for genres in small.titles["genres"]]]
    assert (horror["maturity_rating"].map(MATURITY_AGES) >= 16).all()


def test_some_titles_arrive_and_some_leave(small: Made) -> None:
    first, days = small.truth.first_day, small.truth.days
    assert ((first > 0) & (first < days)).sum() >= 5
    assert small.titles["available_until"].notna().sum() >= 5


@pytest.mark.parametrize("kind", [TitleType.MOVIE, TitleType.SERIES])
def test_names_stay_distinct_when_the_grammar_is_exhausted(kind: TitleType) -> None:
    names = Names(np.random.default_rng(0))
    strand = replace(
        strands()[0], adjectives=["Last"], nouns=["Fjord", "Tide"], places=["Oslo", "Rana"]
    )
    given = [names.name(strand, kind) for _ in range(100)]
    assert len(set(given)) == len(given)
    assert any(name.endswith(" II") for name in given)


def test_nobody_shares_a_name_and_some_faces_are_everywhere() -> None:
    pool = people(0)
    assert len(set(pool.names)) == len(pool.names)
    assert set(pool.actors) | set(pool.crew) == set(range(len(pool.names)))
    odds = np.sort(pool.odds.sum(0))
    assert odds[-20:].sum() > 0.2 * odds.sum()
