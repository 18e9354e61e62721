"""The index finds exactly what a product would, and only what is allowed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.ranking.index import Index
from recsys.topk import top_k


def vectors(seed: int, count: int = 30, factors: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, factors)).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(1, 40), share=st.floats(0, 1))
def test_the_search_is_exact_within_what_is_allowed(seed: int, n: int, share: float) -> None:
    titles, queries = vectors(seed), vectors(seed + 1, count=3)
    allowed = np.random.default_rng(seed).random(30) < share
    ids, scores = Index.build(titles).search(queries, n, allowed=allowed)
    product = queries @ titles.T
    product[:, ~allowed] = -np.inf
    expected_ids, expected = top_k(product, n)
    assert ids.tolist() == expected_ids.tolist()
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)
    assert ((ids >= 0).sum(axis=1) == min(n, allowed.sum())).all()


@pytest.mark.parametrize("share", [0.02, 0.7, 0.8, 0.99])
def test_many_queries_find_to_the_last_digit_what_each_of_them_does(share: float) -> None:
    index, queries = Index.build(vectors(0, 5000, 40)), vectors(1, 300, 40)
    allowed = np.random.default_rng(0).random((300, 5000)) < share
    together = index.search(queries, 50, allowed=allowed)
    each = [
        index.search(queries[row : row + 1], 50, allowed=allowed[row])
        for row in range(len(queries))
    ]
    for found, alone in zip(together, zip(*each, strict=True), strict=True):
        np.testing.assert_array_equal(found, np.concatenate(alone))
    assert allowed[np.arange(300)[:, None], together[0]].all()


@pytest.mark.parametrize("spread", [0.0, 1e-5, 1e-3, 1e-1])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_titles_that_16_bits_cannot_tell_apart_are_told_apart(spread: float, scale: float) -> None:
    rng = np.random.default_rng(0)
    titles = (1 + spread * rng.normal(size=(3000, 8))).astype(np.float32) * np.float32(scale)
    titles[::3] = 0  # nobody watched every third
    titles[1] *= 40
    queries = np.concatenate(
        [vectors(1, 3, 8), np.ones((1, 8)), -np.ones((1, 8)), np.zeros((1, 8))]
    )
    queries = queries.astype(np.float32)
    index = Index.build(titles)
    for allowed in (None, rng.random(3000) < 0.9, rng.random(3000) < 0.3):
        for n in (1, 50, 2500):
            ids, scores = index.search(queries, n, allowed=allowed)
            every = [np.arange(3000) if allowed is None else np.flatnonzero(allowed)] * len(queries)
            rows = np.repeat(np.arange(len(queries)), len(every[0]))
            exact = index.products(queries, rows, np.concatenate(every)).reshape(len(queries), -1)
            for row in range(len(queries)):
                order = np.lexsort((every[row], -exact[row]))[:n]
                # Products of one query and of many differ in their last digits, by which 16 spare titles are chosen.
                np.testing.assert_allclose(scores[row, : len(order)], exact[row, order], rtol=1e-5)
                if spread:
                    continue
                assert ids[row, : len(order)].tolist() == every[row][order].tolist()


def test_what_is_not_allowed_may_be_the_best_of_all() -> None:
    """The 200 best are not allowed, more than are found besides: then FAISS is asked for each title."""
    titles, query = vectors(0, 5000), vectors(1, 1)
    order = np.argsort(-(query @ titles.T)[0])
    allowed = np.ones(5000, bool)
    allowed[order[:200]] = False
    ids, _ = Index.build(titles).search(query, 50, allowed=allowed)
    assert ids[0].tolist() == order[200:250].tolist()


def test_the_same_vectors_give_the_same_bytes_and_are_read_back(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Index.build(vectors(0)).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    loaded, query = Index.load(tmp_path / "one", vectors(0)), vectors(9, count=1)
    np.testing.assert_array_equal(loaded.search(query, 5), Index.build(vectors(0)).search(query, 5))


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    index = Index.build(vectors(0))
    with pytest.raises(InputError, match="queries of 6 factors"):
        index.search(vectors(0, factors=5), 3)
    with pytest.raises(InputError, match="a mask of 30 titles"):
        index.search(vectors(0), 3, allowed=np.ones(29, bool))
    with pytest.raises(InputError, match="a FAISS index"):
        Index.load(tmp_path / "missing", vectors(0))
    (tmp_path / "noise").write_bytes(b"no index at all")
    with pytest.raises(InputError, match="noise"):
        Index.load(tmp_path / "noise", vectors(0))
    index.save(tmp_path / "other")
    with pytest.raises(InputError, match=r"of 29 times 6, got .* of 30 times 6"):
        Index.load(tmp_path / "other", vectors(0)[:29])
