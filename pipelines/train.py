"""From a declared model and the interactions up to a moment to a bundle."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.cards import card_of_fit
from pipelines.recipe import DECLARATIONS, Recipe
from recsys.bundle import Bundle, write
from recsys.interactions import Interactions
from recsys.titles import Titles

__all__ = ["Recipe", "train"]


def train(
    recipe: Recipe,
    interactions: pa.Table,
    catalog: pa.Table,
    *,
    until: datetime,
    bundles: Path,
    metrics: dict[str, float] | None = None,
) -> Bundle:
    """Fit a model and write it as a bundle.

    Parameters
    ----------
    recipe : Recipe
    interactions : pyarrow.Table
        INTERACTIONS, as known at ``until``.
    catalog : pyarrow.Table
        TITLES, episodes included.
    until : datetime
        UTC.
    bundles : Path
        The folder that gets ``<bundle id>/``.
    metrics : dict, optional
        What the recipe reached on held-out days.

    Returns
    -------
    Bundle
        The same id for the same input.
    """
    titles = Titles.from_table(catalog)
    model = recipe.fit(Interactions.from_table(interactions, titles.ids), titles)
    reached = metrics or {}

    def fill(directory: Path) -> None:
        pq.write_table(catalog, directory / "catalog.parquet")
        model.save(directory / "model")
        (directory / "card.md").write_text(card_of_fit(recipe, until, reached))
        (directory / DECLARATIONS).mkdir()
        for path in recipe.files:
            shutil.copyfile(path, directory / DECLARATIONS / path.name)

    name = recipe.declaration.name
    return write(bundles, fill, model=name, trained_until=until, metrics=reached)
