"""What is said of a title becomes rows that are alike where titles are."""

import numpy as np
import pyarrow as pa
import pytest

from recsys.descriptions import MOST_BUMPS, NAMES, block
from recsys.schema import TITLES
from recsys.titles import Titles


def table(*rows: dict[str, object]) -> pa.Table:
    full = [
        {"title_id": f"t{n:03d}", "title_type": "movie", "name": ""} | row
        for n, row in enumerate(rows)
    ]
    return Titles.from_table(pa.Table.from_pylist(full, schema=TITLES)).table


@pytest.mark.parametrize("name", NAMES)
def test_of_a_title_of_which_nothing_is_said_every_block_is_empty(name: str) -> None:
    rows = block(table({}, {}), name)
    assert rows.shape[0] == 2
    assert rows.nnz == 0


@pytest.mark.parametrize(
    ("name", "column", "step"), [("year", "release_year", 1), ("length", "duration_seconds", 180.0)]
)
def test_near_years_and_lengths_are_alike_and_far_ones_are_not(
    name: str, column: str, step: float
) -> None:
    rows = block(table(*({column: 1950 * step + n * step} for n in range(0, 100, 2))), name)
    likeness = (rows @ rows.T).toarray()
    np.testing.assert_allclose(np.diag(likeness), 1, atol=1e-3)
    assert likeness[25, 26] > 0.9 > likeness[25, 29] > likeness[25, 35]
    assert likeness[0, -1] == 0


def test_a_year_that_is_a_slip_of_the_pen_does_not_stretch_the_grid() -> None:
    rows = block(
        table(*({"release_year": 1990 + n % 30} for n in range(999)), {"release_year": 10**9}),
        "year",
    )
    assert rows.shape[1] < 10
    wide = block(table({"release_year": 1}, {"release_year": 10**9}), "year")
    assert wide.shape[1] <= MOST_BUMPS + 1


def test_fullness_is_how_much_is_said_of_the_most_that_is() -> None:
    rows = block(table({"genres": ["War", "Food", "Art"]}, {"genres": ["War"]}, {}), "fullness")
    # Of description, people, genres and keywords: log(1 + 1) / log(1 + 3).
    np.testing.assert_allclose(rows.toarray(), [[0, 0, 1, 0], [0, 0, 0.5, 0], [0, 0, 0, 0]])
