"""The blend believes the parts that told what was watched."""

import numpy as np

from recsys.ranking.blend import even, learned


def test_the_part_that_tells_is_believed_and_the_one_that_misleads_is_not() -> None:
    random = np.random.default_rng(0)
    viewers = np.repeat(np.arange(200), 10)
    labels = np.zeros((200, 10), np.int32)
    labels[np.arange(200), random.integers(0, 10, 200)] = 1
    labels = labels.ravel()
    noise = random.normal(size=(2000, 3))
    standard = np.column_stack([labels * 2 + noise[:, 0], noise[:, 1], noise[:, 2] - labels])
    weights = learned(viewers, standard.astype(np.float32), labels)
    assert weights.sum() == np.float32(1)
    assert weights[0] > 0.8
    assert weights[2] == 0


def test_without_answers_all_parts_count_alike() -> None:
    weights = learned(np.zeros(3, int), np.zeros((3, 2), np.float32), np.zeros(3, np.int32))
    assert weights.tolist() == even(2).tolist() == [0.5, 0.5]
    assert learned(np.empty(0, int), np.empty((0, 2), np.float32), np.empty(0, np.int32)).sum() == 1
