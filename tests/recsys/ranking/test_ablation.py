"""The ablation tells which part a hybrid could not do without."""

import numpy as np

from recsys.ranking.ablation import ablation
from tests import worlds
from tests.recsys.ranking.conftest import taught


def test_each_part_is_judged_alone_by_its_loss_and_by_what_it_found(world) -> None:
    found = {one.part: one for one in ablation(taught(), *world)}
    assert list(found) == list(taught().config.parts)
    # Popularity knows nothing of a viewer, so it is the worst alone and is not missed.
    alone = {name: one.alone.mean for name, one in found.items()}
    assert min(alone, key=alone.__getitem__) == "popularity"
    assert abs(found["popularity"].added.mean) < 0.05
    assert abs(sum(one.credited for one in found.values()) - 1) < 1e-9
    assert all(0 <= one.only <= 1 for one in found.values())


def test_too_little_to_judge_is_no_table() -> None:
    assert ablation(taught(), *worlds.small_world(viewers=12)) == []


def test_what_a_part_alone_proposed_is_told_where_the_shortlist_cuts() -> None:
    world = worlds.small_world(7, viewers=300, length=12)
    config = {"quota": 4, "shortlist": 6}
    model = taught(**config)
    done = model.practise(*world)
    shown = np.concatenate([one.candidates.proposed for one in done])
    assert max(np.bincount(one.candidates.viewers).max() for one in done) == 6
    assert shown.any(axis=1).all()
    # A title that one part proposed is often ranked among the first four survivors by others too.
    ranks = np.concatenate([one.candidates.ranks for one in done])
    assert ((ranks < 4).sum(axis=1) > shown.sum(axis=1)).any()
    found = {one.part: one for one in ablation(taught(**config), *world)}
    assert list(found) == list(model.config.parts)
