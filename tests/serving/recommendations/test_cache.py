"""A page is kept until its viewer does something, it is too old, or events may go unheard."""

import time

import pytest

from serving.recommendations.cache import MOST, PageCache
from serving.tagged import Kept


def kept(size: int = 10, seconds: float = 60) -> Kept:
    return Kept(b"x" * size, "tag", time.monotonic() + seconds)


@pytest.fixture
def cache() -> PageCache:
    made = PageCache(1000)
    made.inform(hears=True)
    return made


def test_what_was_kept_comes_back_for_the_same_question_alone(cache: PageCache) -> None:
    page = kept()
    cache.keep("ann", "home", page, cache.now())
    assert cache.get("ann", "home") is page
    assert cache.get("ann", "home in Norway") is None
    assert cache.get("bo", "home") is None


def test_a_viewer_who_did_something_is_forgotten_and_nobody_else(cache: PageCache) -> None:
    for viewer in ("ann", "bo"):
        cache.keep(viewer, "home", kept(), cache.now())
    cache.forget(["ann"])
    assert cache.get("ann", "home") is None
    assert cache.get("bo", "home") is not None


def test_a_page_whose_viewer_did_something_while_it_was_made_is_not_kept(cache: PageCache) -> None:
    since = cache.now()
    cache.forget(["ann"])
    cache.keep("ann", "home", kept(), since)
    cache.keep("bo", "home", kept(), since)
    assert cache.get("ann", "home") is None
    assert cache.get("bo", "home") is not None


def test_a_page_that_is_too_old_is_not_sent(cache: PageCache) -> None:
    cache.keep("ann", "home", kept(seconds=-1), cache.now())
    assert cache.get("ann", "home") is None


def test_nothing_is_kept_while_events_may_go_unheard(cache: PageCache) -> None:
    cache.keep("ann", "home", kept(), cache.now())
    cache.inform(hears=False)
    assert cache.get("ann", "home") is None
    cache.keep("ann", "home", kept(), cache.now())
    assert cache.get("ann", "home") is None
    cache.inform(hears=True)
    cache.keep("ann", "home", kept(), cache.now())
    assert cache.get("ann", "home") is not None


def test_the_viewer_longest_away_is_given_up_first(cache: PageCache) -> None:
    for viewer in ("ann", "bo"):
        cache.keep(viewer, "home", kept(400), cache.now())
    assert cache.get("ann", "home") is not None  # asked for again
    cache.keep("cy", "home", kept(400), cache.now())
    assert cache.get("bo", "home") is None
    assert cache.get("ann", "home") is not None
    assert cache.get("cy", "home") is not None


def test_a_page_larger_than_all_room_is_not_kept(cache: PageCache) -> None:
    cache.keep("ann", "home", kept(2000), cache.now())
    assert cache.get("ann", "home") is None


def test_one_viewer_does_not_fill_it(cache: PageCache) -> None:
    for at in range(MOST + 3):
        cache.keep("ann", at, kept(), cache.now())
    assert [at for at in range(MOST + 3) if cache.get("ann", at)] == list(range(3, MOST + 3))


def test_a_page_begun_while_events_went_unheard_is_not_kept(cache: PageCache) -> None:
    cache.inform(hears=False)
    since = cache.now()
    cache.inform(hears=True)
    cache.keep("ann", "home", kept(), since)
    assert cache.get("ann", "home") is None
