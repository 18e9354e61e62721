"""A viewer is told in a sentence why a title is there, and only what is so."""

from datetime import UTC, datetime

import pytest

from recsys.page import explained
from recsys.page.words import ENGLISH_WORDS

WATCHED = [("Fjord", 0.5), ("Frost", 0.3), ("Tide", 0.15), ("Moss", 0.05)]


def told(watched: list[tuple[str, float]], source: str = "ease", **more: object) -> str:
    given = {"fame": 0.5, "region": ""} | more
    return explained.sentence(ENGLISH_WORDS, source, source, watched, **given)


def test_no_more_than_two_titles_are_named() -> None:
    assert told(WATCHED) == "Because you watched Fjord and Frost"
    assert told(WATCHED[:1]) == "Because you watched Fjord"


def test_a_title_that_adds_little_or_takes_away_is_no_reason() -> None:
    assert told([("Fjord", 0.91), ("Moss", 0.09)]) == "Because you watched Fjord"
    assert told([("Tide", -0.6), ("Fjord", 0.4)]) == "Because you watched Fjord"
    assert told([("Tide", -0.95), ("Moss", 0.05)]) == ENGLISH_WORDS.of_source("ease")


def test_what_the_crowd_does_is_told_if_there_is_one() -> None:
    crowd = {"fame": 0.98, "region": "NO"}
    assert told(WATCHED[:1], **crowd) == (
        "Because you watched Fjord, and many in your region are watching it"
    )
    assert told([], "popularity", **crowd) == "Many in your region are watching it now"
    assert told([], "popularity", fame=0.98) == "Many are watching it now"
    assert told([], "als", fame=0.97) == ENGLISH_WORDS.of_source("als")


@pytest.mark.parametrize("source", ["content", "content-map"])
def test_what_titles_are_made_of_is_no_matter_of_who_watched_them(source: str) -> None:
    assert told(WATCHED, source) == "Because it is much like Fjord and Frost, which you watched"


def test_rules_are_told_without_a_word_of_what_holds_elsewhere() -> None:
    assert explained.of_region(ENGLISH_WORDS, ["FR", "NO"], "NO") == "It may be shown in NO"
    assert explained.of_region(ENGLISH_WORDS, [], "NO") == "It may be shown everywhere"
    assert explained.of_window(ENGLISH_WORDS, datetime(2026, 5, 1, tzinfo=UTC)).endswith(
        "until 1 May 2026"
    )
    assert explained.of_window(ENGLISH_WORDS, None) == "It is here to stay"
    assert explained.of_maturity(ENGLISH_WORDS, 0) == "It is for everyone"
    assert explained.of_maturity(ENGLISH_WORDS, 16) == "It is for 16 years and older"
