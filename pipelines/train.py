"""From a declared model and the interactions up to a moment to a bundle."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.cards import card_of_fit
from pipelines.decision import Figure
from pipelines.made import Made
from pipelines.nightly.display import Line
from pipelines.nightly.version import code_version
from pipelines.recipe import DECLARATIONS, Recipe
from recsys.bundle import Bundle, write
from recsys.interactions import Interactions
from recsys.metrics.interval import Interval
from recsys.page.microgenres import MICRO_GENRES, MicroGenres
from recsys.page.resuming import RESUMING, Resuming
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.neighbourhoods import NEIGHBOURHOODS, Neighbourhoods
from recsys.titles import Titles

__all__ = ["Recipe", "train"]


def train(
    recipe: Recipe,
    interactions: pa.Table,
    catalog: pa.Table,
    *,
    until: datetime,
    bundles: Path,
    cut: datetime | None = None,
    means: dict[str, Interval] | None = None,
    resuming: Resuming | None = None,
    line: Line | None = None,
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
    cut, means : optional
        What the recipe, fitted before a moment, reached on the days after it.
    resuming : Resuming, optional
        What was learned of going on with what was begun.
    line : Line, optional
        Which shows how far the search for the neighbours of all titles is.

    Returns
    -------
    Bundle
        The same id for the same input.
    """
    titles = Titles.from_table(catalog)
    model = recipe.fit(Interactions.from_table(interactions, titles.ids), titles)
    latest = pc.max(interactions["last_at"]).as_py().astimezone(UTC)
    made = Made(
        code=code_version(),
        learned_until=latest.replace(microsecond=0) + timedelta(seconds=1),
        cut=cut,
        figures={name: Figure.of(one) for name, one in sorted((means or {}).items())},
    )

    def shown(titles: int, of: int) -> None:
        if line is not None:
            line.total(of)
            line.advance(titles)

    def fill(directory: Path) -> None:
        pq.write_table(catalog, directory / "catalog.parquet")
        model.save(directory / "model")
        if isinstance(model, Hybrid) and (near := Neighbourhoods.of(model, shown)) is not None:
            near.write(directory / NEIGHBOURHOODS)
        MicroGenres.of(titles).write(directory / MICRO_GENRES, titles.ids)
        if resuming is not None:
            resuming.write(directory / RESUMING)
        (directory / "card.md").write_text(card_of_fit(recipe, model, until, made.means))
        made.write(directory)
        (directory / DECLARATIONS).mkdir()
        for path in recipe.files:
            shutil.copyfile(path, directory / DECLARATIONS / path.name)

    name = recipe.declaration.name
    return write(bundles, fill, model=name, trained_until=until, metrics=made.means)
