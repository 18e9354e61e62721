"""A model for which there is no memory is refused, and takes nobody's row away."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from pipelines.benchmark import trial
from pipelines.benchmark.leave_last_out import load
from pipelines.recipe import Recipe
from recsys.algorithm import Algorithm, Config
from recsys.declaration import Declaration, Shelf
from recsys.errors import CapacityError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix
from tests.pipelines.benchmark.folders import write_sequences


class Greedy(Algorithm):
    """Asks for more memory than there is address space, and is refused it by NumPy."""

    name = "greedy"
    config_type = Config

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        self.all_ = np.empty((len(titles) << 24, len(interactions) << 28))

    def _score(self, histories: Histories) -> FloatMatrix:
        return np.zeros((len(histories), histories.n_titles), np.float32)


class GreedyRecipe:
    """A recipe of a model that no shelf declares."""

    declaration = Declaration(name="greedy", algorithm="greedy", description="For a test.")
    shelf = Shelf(())

    def unfitted(self) -> Algorithm:
        return Greedy()


def test_memory_that_was_refused_in_the_process_of_a_model_is_a_refusal(tmp_path: Path) -> None:
    data = load(write_sequences(tmp_path, {1: [2, 1, 4], 2: [1, 2], 3: [4, 1, 3]}))
    with pytest.raises(CapacityError, match="model greedy: expected an answer, got Unable to all"):
        trial.run(cast("Recipe", GreedyRecipe()), data, 3)
