"""What a newcomer picks from is known to many and of many kinds."""

import numpy as np

from recsys.page.onboarding import to_pick
from recsys.page.ranked import Ranked
from tests.recsys.page.material import FACTS


def crowd(*ids: int) -> Ranked:
    return Ranked.of(np.array(ids, np.int32), np.ones(len(ids), np.float32), "popularity")


def genres(found: Ranked) -> set[int]:
    return {int(one) for one in FACTS.genres.shares[found.ids].argmax(axis=1)}


def test_the_first_titles_are_of_all_genres_though_one_is_watched_most() -> None:
    of_one = np.flatnonzero(FACTS.genres.held[0])[:8].tolist()
    others = [int(np.flatnonzero(held)[0]) for held in FACTS.genres.held[1:]]
    found = to_pick(crowd(*of_one, *others), FACTS, len(FACTS.genres.names))
    assert genres(found) == set(range(len(FACTS.genres.names)))
    assert found.ids[0] == of_one[0]


def test_as_many_come_as_are_wanted_or_there_each_once() -> None:
    assert len(to_pick(crowd(1, 2, 3, 4), FACTS, 3)) == 3
    assert sorted(to_pick(crowd(1, 2, 3, 4), FACTS, 30).ids.tolist()) == [1, 2, 3, 4]
    assert not len(to_pick(crowd(), FACTS, 5))
