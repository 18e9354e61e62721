"""The recipes of a benchmark: the models asked for, and the rivals that popularity brings along."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.benchmark.protocol import Protocol
from pipelines.recipe import Recipe
from recsys.declaration import Shelf
from recsys.errors import ConfigError


def recipes(protocol: Protocol, models: Sequence[str], shelf: Shelf) -> list[Recipe]:
    """Return what is to be fitted, each declaration checked.

    Raises
    ------
    ConfigError
        If no model is asked for, one comes twice, or one is not declared as it should be.
    """
    if not models or len(set(models)) < len(models):
        raise ConfigError(
            expected="at least one model, each once", got=list(models), where="--models"
        )
    found = [
        recipe
        for name in models
        for recipe in _with_rivals(Recipe.read(shelf, name), protocol.rival_half_lives_days)
    ]
    for recipe in found:
        recipe.unfitted()  # a wrong hyperparameter is to be found before anything is read
    return found


def _with_rivals(recipe: Recipe, half_lives_days: Sequence[float]) -> list[Recipe]:
    declaration = recipe.declaration
    if declaration.algorithm != "popularity":
        return [recipe]
    return [recipe] + [
        Recipe(
            declaration.model_copy(
                update={
                    "name": f"{declaration.name}-{days:g}d",
                    "config": {**declaration.config, "half_life_days": days},
                }
            ),
            recipe.shelf,
        )
        for days in half_lives_days
    ]
