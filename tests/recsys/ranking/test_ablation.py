"""The ablation tells which part a hybrid could not do without."""

from recsys.ranking.ablation import ablation
from tests import worlds
from tests.recsys.ranking.conftest import taught


def test_each_part_is_judged_alone_by_its_loss_and_by_what_it_found(world) -> None:
    found = {one.part: one for one in ablation(taught(), *world)}
    assert list(found) == list(taught().config.parts)
    # Popularity knows nothing of a viewer, so it is the worst alone and is not missed.
    alone = {name: one.alone.mean for name, one in found.items()}
    assert min(alone, key=alone.__getitem__) == "popularity"
    assert found["popularity"].added.low <= 0
    assert abs(sum(one.credited for one in found.values()) - 1) < 1e-9
    assert all(0 <= one.only <= 1 for one in found.values())


def test_too_little_to_judge_is_no_table() -> None:
    assert ablation(taught(), *worlds.small_world(viewers=12)) == []
