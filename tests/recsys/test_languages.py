"""Of the languages that there are, the one that is wanted most is found, whatever is asked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.languages import LANGUAGE, MOST_WANTED, accepted, canonical, spoken, wanted

TAGS = st.from_regex(LANGUAGE.removesuffix("$") + r"\Z")
FEW = st.sampled_from(
    ["en", "nb", "no", "de", "pt", "pt-BR", "pt-PT", "zh-Hant-TW", "zh-Hant", "zh"]
)
LISTS = st.lists(FEW, max_size=6)


@given(TAGS)
def test_a_tag_as_it_is_written_here_stays_as_it_is(tag: str) -> None:
    assert canonical(tag) == canonical(tag.upper()) == canonical(tag.lower()) == tag


@given(st.text())
def test_whatever_a_header_says_languages_come_out(header: str) -> None:
    found = accepted(header)
    assert len(set(found)) == len(found) <= MOST_WANTED
    assert all(re.fullmatch(LANGUAGE, tag) for tag in found)


@given(st.lists(TAGS, unique=True, max_size=10))
def test_a_header_without_grades_is_read_in_its_order(tags: list[str]) -> None:
    assert accepted(", ".join(tags)) == tuple(tags)


@given(st.lists(st.tuples(FEW, st.integers(0, 1000)), max_size=6, unique_by=lambda one: one[0]))
def test_a_header_is_read_by_its_grades_and_what_has_none_is_not_wanted(
    graded: list[tuple[str, int]],
) -> None:
    header = ",".join(f"{tag};q={grade / 1000:.3f}" for tag, grade in graded)
    grades = dict(graded)
    expected = sorted((tag for tag in grades if grades[tag]), key=lambda tag: -grades[tag])
    assert accepted(header) == tuple(expected)


@pytest.mark.parametrize(
    "header",
    ["", "*", "nb;q=2", "nb;q=", "nb;q=0", "nb;level=1", ";q=1", "n", "norsk bokmål", "nb_NO"],
)
def test_what_is_no_language_or_has_no_grade_is_passed_over(header: str) -> None:
    assert accepted(header) == ()


@given(LISTS, LISTS, LISTS)
def test_each_wanted_tag_is_followed_by_its_wider_ones_and_comes_once(
    request: list[str], profile: list[str], device: list[str]
) -> None:
    found = wanted(request, profile, device)
    named = [*request, *profile, *device]
    assert len(set(found)) == len(found)
    assert set(named) <= set(found)
    for tag in named:
        parts = tag.split("-")
        assert {"-".join(parts[:n]) for n in range(1, len(parts))} <= set(found)
    for tag in found:  # nothing comes that nobody asked for, nor a wider one of that
        assert any(one == tag or one.startswith(f"{tag}-") for one in named) or (
            tag == "nb" and "no" in found
        )
    if request:
        assert found[0] == request[0]


@given(LISTS, st.sets(FEW), FEW)
def test_what_is_spoken_is_there_and_wanted_before_the_original(
    readings: list[str], known: set[str], original: str
) -> None:
    tags = wanted(readings)
    found = spoken(tags, known, original)
    assert set(found) <= known - {original}
    before = tags[: tags.index(original)] if original in tags else tags
    assert list(found) == [tag for tag in before if tag in known]


def test_norwegian_without_a_form_is_read_as_bokmaal() -> None:
    assert wanted(["no-NO"]) == ("no-NO", "no", "nb")


def test_more_languages_than_anybody_reads_are_not_looked_at() -> None:
    every = [f"{a}{b}" for a in "abcdefgh" for b in "abcdefgh"]
    assert len(wanted(every)) == MOST_WANTED
