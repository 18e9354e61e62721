"""A filter leaves in exactly what its words say, and says where it is wrong."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.errors import FilterError
from recsys.ranking.filters.fields import FIELDS, Fields, moment
from recsys.ranking.filters.mask import left_in
from recsys.ranking.filters.parse import DEEPEST, MOST, parse
from recsys.ranking.filters.tokens import LONGEST
from recsys.schema import TITLES
from recsys.titles import Titles

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def catalog() -> Titles:
    """Five titles, of the last of which nothing is known."""
    rows = [
        {
            "title_id": "a", "title_type": "movie", "name": "Ash", "genres": ["Drama", "Crime"],
            "release_year": 2020, "duration_seconds": 5400.0, "maturity_rating": "16",
            "cast": ["Ann Lee"], "crew": [{"name": "Bo Dahl", "role": "Director"}, {"name": "C", "role": "writer"}],
            "keywords": ["harbour"], "languages": ["no", "en"], "available_from": DAY,
        },
        {
            "title_id": "b", "title_type": "series", "name": "Birch", "genres": ["drama"],
            "release_year": 2015, "duration_seconds": 1800.0, "maturity_rating": "all",
            "crew": [{"name": "Ann Lee", "role": None}], "languages": ["en"],
        },
        {
            "title_id": "c", "title_type": "movie", "name": 'The "Clay"', "genres": ["Comedy"],
            "release_year": 1999, "duration_seconds": 7200.0, "maturity_rating": "7", "crew": [],
        },
        {"title_id": "d", "title_type": "movie", "name": "Dew", "genres": [], "release_year": 2021},
        {"title_id": "e", "title_type": "movie", "name": "Elm"},
    ]  # fmt: skip
    return Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES))


FIELDS_OF = Fields.of(catalog())
IDS = "abcde"
HELD = {"watchlist": np.array([1, 3], np.int32), "watched": np.array([0], np.int32)}


def kept(text: str) -> str:
    mask = left_in(parse(text), FIELDS_OF, HELD)
    return "".join(np.array(list(IDS))[mask])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('genre = "drama"', "ab"),
        ('genre != "Drama"', "c"),
        ('not genre = "Drama"', "cde"),
        ('genre in ["crime", "Comedy", "none such"]', "ac"),
        ('genre not in ["crime"]', "bcde"),
        ("release_year >= 2015", "abd"),
        ("release_year < 2015", "c"),
        ("release_year != 2020", "bcd"),
        ("release_year in [1999, 2021]", "cd"),
        ("duration_minutes <= 90", "ab"),
        ("maturity_age <= 7", "bc"),
        ("maturity_age > 16", "de"),
        ('maturity_rating = "16"', "a"),
        ('available_from >= "2026-03-01"', "a"),
        ('available_from > "2026-03-01T00:00:00"', ""),
        ('type = "series"', "b"),
        ('name = "ash"', "a"),
        ("name = 'The \"clay\"'", "c"),
        (r'name = "The \"Clay\""', "c"),
        ('director = "Bo Dahl"', "a"),
        ('director = "C"', ""),
        ('director = "Ann Lee"', ""),
        ('actor = "ann lee"', "a"),
        ('keyword = "harbour"', "a"),
        ('language in ["no"]', "a"),
        ("title in watchlist", "bd"),
        ("not title in watched", "bcde"),
        ("title not in watched", "bcde"),
        ('title in ["a", "e", "zz"]', "ae"),
        ('genre in ["Drama"] and release_year >= 2016 and not title in watchlist', "a"),
        ('genre = "Comedy" or genre = "Drama" and release_year < 2016', "bc"),
        ('(genre = "Comedy" or genre = "Drama") and release_year < 2000', "c"),
        ('NOT genre = "Drama" AND Release_Year > 2000', "d"),
        ("not (not title in watched)", "a"),
    ],
)
def test_a_filter_leaves_in_what_it_says(text: str, expected: str) -> None:
    assert kept(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "complaint"),
    [
        ("", 1, r"expected not, \( or one of the fields title, .*, got the end"),
        ("genr = 'x'", 1, "one of the fields .*genre.*, got genr"),
        ("genre == 'x'", 8, "a text in quotes, as genre is, got ="),
        ("genre > 'x'", 7, "expected one of = !=, in or not in after genre, got >"),
        ("genre = 3", 9, "expected a text in quotes, as genre is, got 3"),
        ("release_year = 'x'", 16, 'expected a number, as release_year is, got "x"'),
        ("release_year = 2015 genre = 'x'", 21, "expected and, or, or the end, got genre"),
        ("available_from > 'soon'", 18, "expected a moment such as"),
        ("genre in 'x'", 10, r"expected a list in \[ \], got"),
        ("title in seen", 10, r"expected a list in \[ \] or one of watchlist, watched, got seen"),
        ("genre in []", 11, "expected a text in quotes, as genre is, got ]"),
        ("genre in ['x' 'y']", 15, "expected , or ], got"),
        ("genre not 'x'", 11, "expected in, got"),
        ("(genre = 'x'", 13, r"expected and, or, or \), got the end"),
        ("genre = 'x", 9, "expected a text that ends with ', got none to the end"),
        ("genre = 'x' and", 16, "got the end"),
        ("genre = 'x' & y", 13, "got &"),
        ("release_year >= 20x5", 17, "got 20x5"),
        ("not " * (DEEPEST + 1) + "title in watched", 4 * DEEPEST + 1, "within each other"),
        (f"release_year in [{'1,' * MOST}1]", None, "at most 1000 values"),
        ("x" * (LONGEST + 1), LONGEST + 1, "at most 4000 characters, got 4001"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_column(
    text: str, column: int | None, complaint: str
) -> None:
    with pytest.raises(FilterError, match=complaint) as refused:
        parse(text)
    if column is not None:
        assert str(refused.value).startswith(f"filter, column {column}: ")


@settings(max_examples=300, deadline=None)
@given(st.text("()[],'\"=<>! andortilegnx0123456789_.\\", max_size=60))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    try:
        said = parse(text)
    except FilterError:
        return
    assert left_in(said, FIELDS_OF, {}).shape == (5,)


ATOMS = st.sampled_from(
    [("genre = 'drama'", {0, 1}), ("release_year >= 2015", {0, 1, 3}), ("title in watched", {0})]
)


def combined(inner: st.SearchStrategy) -> st.SearchStrategy:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda two: (f"({two[0][0]} and {two[1][0]})", two[0][1] & two[1][1])),
        pairs.map(lambda two: (f"({two[0][0]} or {two[1][0]})", two[0][1] | two[1][1])),
        inner.map(lambda one: (f"not {one[0]}", set(range(5)) - one[1])),
    )


@settings(max_examples=100, deadline=None)
@given(st.recursive(ATOMS, combined, max_leaves=12))
def test_and_or_and_not_are_those_of_sets(said: tuple[str, set[int]]) -> None:
    text, expected = said
    assert set(np.flatnonzero(left_in(parse(text), FIELDS_OF, HELD))) == expected


def test_every_field_can_be_asked_of() -> None:
    for field in FIELDS:
        for value in ("1", '"1"', '"2026-01-01"'):
            try:
                said = parse(f"{field} = {value}")
            except FilterError:
                continue
            assert left_in(said, FIELDS_OF, {}).dtype == bool
            break
        else:
            raise AssertionError(field)


def test_a_moment_is_a_date_or_a_time() -> None:
    assert moment("2026-03-01T20:30:00") == np.datetime64("2026-03-01T20:30")
    assert moment("tomorrow") is None


def test_a_field_that_no_title_has_is_met_by_none() -> None:
    rows = [{"title_id": "a", "title_type": "movie", "name": "Ash"}]
    bare = Fields.of(Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES)))
    assert not left_in(parse('genre = "Drama" or director != "Bo"'), bare, {}).any()
