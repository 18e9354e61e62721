"""Some titles of the world have a name in a second language, made of the same words."""

import pytest

from pipelines.world.names import EPISODE, MOMENTS, MOVIE, SERIES
from pipelines.world.strands import strands
from pipelines.world.translations import _words, translations
from recsys.schema import TitleType
from tests.pipelines.world.made import Made

NOIR, CHILDREN, HEIST = (
    next(one for one in strands() if one.key == key)
    for key in ("nordic-noir", "small-creatures", "heist")
)


def norwegian(name: str, strand=NOIR, kind=TitleType.MOVIE) -> str | None:
    found = translations(name, strand, kind)
    assert len(found) <= 1
    return found[0]["name"] if found else None


@pytest.mark.parametrize(
    ("name", "translated"),
    [
        ("The Frozen Fjord", "Den frosne fjorden"),
        ("Silent Witness", "Det tause vitnet"),
        ("Midnight in Tromsø", "Midnatt i Tromsø"),
        ("The Grey Lighthouse of Lofoten", "Det grå fyret i Lofoten"),
        ("The Ferry and the Verdict III", "Fergen og dommen III"),
        ("Goodbye, Bergen", "Farvel, Bergen"),
    ],
)
def test_a_name_is_translated_part_by_part(name: str, translated: str) -> None:
    assert norwegian(name) == translated


def test_a_name_that_begins_with_a_place_is_translated_too() -> None:
    assert norwegian("The Moon Pond Owl", CHILDREN, TitleType.SERIES) == "Uglen ved Månedammen"
    assert norwegian("What the Otter Knew", CHILDREN, TitleType.EPISODE) == "Det oteren visste"


def test_what_is_in_no_other_language_stays_as_it_is() -> None:
    assert norwegian("The Golden Vault", HEIST) is None
    assert norwegian("Chapter 9", NOIR, TitleType.EPISODE) is None


def test_every_word_of_a_translated_strand_is_known() -> None:
    for strand in (NOIR, CHILDREN):
        known = _words()["strands"][strand.key]
        assert set(known["nouns"]) == set(strand.nouns)
        assert set(known["places"]) == set(strand.places)
        assert set(known["adjectives"]) == set(strand.adjectives)
    assert set(_words()["moments"]) == set(MOMENTS)
    patterns = {pattern for grammar in (MOVIE, SERIES, EPISODE) for pattern, _ in grammar}
    assert set(_words()["patterns"]) == patterns


def test_movies_series_and_episodes_of_the_world_have_translations(small: Made) -> None:
    titles = small.titles
    has = titles["translations"].map(len) > 0
    assert has.groupby(titles["title_type"]).any()[["movie", "series", "episode"]].all()
    assert not has.all()
    for own, several in zip(titles["name"][has], titles["translations"][has], strict=True):
        assert several[0]["language"] == "nb"
        assert several[0]["name"] != own or own in {"Lofoten", "Kiruna"} | set(NOIR.places)
