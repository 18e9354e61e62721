"""Content speaks of titles that nobody watched, and keeps silent of those it knows nothing of."""

import numpy as np
import pyarrow as pa
import pytest

from recsys.algorithms.content import Content
from recsys.interactions import Histories, Interactions
from recsys.schema import TITLES
from recsys.titles import Titles
from tests import worlds

World = tuple[Interactions, Titles]


def catalog(*rows: dict[str, object]) -> Titles:
    full = [
        {"title_id": f"t{n}", "title_type": "movie", "name": ""} | row for n, row in enumerate(rows)
    ]
    return Titles.from_table(pa.Table.from_pylist(full, schema=TITLES))


def fitted(titles: Titles, **parameters: object) -> Content:
    watched = worlds.interactions_table(np.array([0]), np.array([0]))
    watched = watched.set_column(1, TITLES.field("title_id"), pa.array([titles.ids.values[0]]))
    return Content(**parameters).fit(Interactions.from_table(watched, titles.ids), titles)


BLOCKS = [
    ("text", {"description": "a submarine under ice"}, {"description": "two cooks in a train"}),
    ("text", {"name": "Submarine"}, {"name": "Cooks"}),
    ("people", {"cast": ["Ada Berg"]}, {"cast": ["Olu Cruz"]}),
    ("people", {"crew": [{"name": "Ada Berg", "role": "director"}]},
     {"crew": [{"name": "Olu Cruz", "role": "writer"}]}),
    ("genres", {"genres": ["War"]}, {"genres": ["Food"]}),
    ("keywords", {"keywords": ["ice"]}, {"keywords": ["soup"]}),
    ("decade", {"release_year": 1994}, {"release_year": 2003}),
]  # fmt: skip


@pytest.mark.parametrize(("block", "one", "other"), BLOCKS)
def test_each_block_alone_tells_titles_apart(
    block: str, one: dict[str, object], other: dict[str, object]
) -> None:
    model = fitted(catalog(one, other, one, other, one, other))
    assert sorted(model.similar(np.array([0]), 2)[0][0].tolist()) == [2, 4]
    silent = fitted(catalog(one, other, one, other), **{block: 0.0})
    assert not silent.title_vectors_.any()


def test_a_title_that_nobody_watched_is_as_near_as_any(small_world: World) -> None:
    interactions, _ = small_world
    model = Content(factors=16).fit(*small_world)
    unwatched = np.flatnonzero(interactions.histories.to_csr().sum(axis=0).A1 == 0)
    ids, _ = model.similar(unwatched.astype(np.int32), 5)
    assert (ids % 4 == unwatched[:, None] % 4).all()


def test_vectors_have_length_one_or_zero(small_world: World) -> None:
    interactions, _ = small_world
    norms = np.linalg.norm(Content(factors=8).fit(*small_world).title_vectors_, axis=1)
    np.testing.assert_allclose(norms, 1, rtol=1e-5)
    assert not Content().fit(interactions, worlds.bare(interactions)).title_vectors_.any()


def test_a_history_is_the_recency_weighted_mean_of_its_titles(small_world: World) -> None:
    model = Content(fade=0.5).fit(*small_world)
    first, last = model.title_vectors_[[4, 9]]
    found = model.embed(Histories.of([[4, 9]], 40))[0]
    np.testing.assert_allclose(found, (0.5 * first + last) / 1.5, rtol=1e-4, atol=1e-6)


def test_words_of_one_title_alone_do_not_count() -> None:
    model = fitted(catalog({"name": "Alpha"}, {"name": "Beta"}, {"name": "Gamma"}))
    assert not model.title_vectors_.any()
