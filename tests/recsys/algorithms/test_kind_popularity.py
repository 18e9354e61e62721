"""What a title is expected to be watched, where nobody has watched it."""

import numpy as np
import pyarrow as pa
import pytest

from recsys.algorithms.kind_popularity import KindPopularity
from recsys.interactions import Histories, Interactions
from recsys.schema import TITLES
from recsys.titles import Titles
from tests import worlds


def catalog(*kinds: tuple[list[str], int | None]) -> Titles:
    rows = [
        {"title_id": f"t{n:03d}", "title_type": "movie", "name": "", "genres": g, "release_year": y}
        for n, (g, y) in enumerate(kinds)
    ]
    return Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES))


def test_a_title_nobody_watched_counts_as_its_genres_and_decade_do() -> None:
    titles = catalog(
        (["War"], 1994), (["War"], 1996), (["Food"], 1999), (["War"], 2003),
        (["War"], 1991), (["War", "Food"], 1990), (["War"], None),
    )  # fmt: skip
    watched = np.repeat([0, 1, 2, 3], [4, 2, 1, 8])
    table = worlds.interactions_table(np.concatenate([np.arange(n) for n in (4, 2, 1, 8)]), watched)
    model = KindPopularity().fit(Interactions.from_table(table, titles.ids), titles)
    # War of the nineties: (4 + 2) / 2; with Food of the nineties, which one watched: (3 + 1) / 2.
    assert model.score(Histories.of([[0]], 7))[0].tolist() == [4, 2, 1, 8, 3, 2, 0]


def test_a_viewer_of_a_half_life_ago_counts_half() -> None:
    table = worlds.interactions_table(
        np.array([0, 1]), np.array([0, 1]), days=np.array([0.0, 30.0])
    )
    titles = catalog((["War"], 1994), (["Food"], 1994))
    model = KindPopularity(half_life_days=30).fit(
        Interactions.from_table(table, titles.ids), titles
    )
    assert model.score(Histories.of([[0]], 2))[0].tolist() == pytest.approx([0.5, 1])
