"""The steps after the gate: how sittings begin, the model fitted on everything, its bundle and the index of titles, and the mirror in MLflow."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from pipelines import tracking
from pipelines.build import Built
from pipelines.files import atomic_directory, atomic_file, remove_leftovers
from pipelines.nightly import judged
from pipelines.nightly.display import Line
from pipelines.nightly.places import SHARED_REPORT, SITTINGS
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.resuming import learn_from_lake
from pipelines.train import train
from recsys.errors import BusyError
from recsys.page.resuming import RESUMING, Resuming
from recsys.search.kept import ensure
from recsys.settings import Settings


def learn_sittings(store: Path, line: Line) -> None:
    """Learn who goes on and who discovers, and keep what came of it in ``<store>/judged``."""
    learned = learn_from_lake(store)
    remove_leftovers(store / SITTINGS)
    with atomic_directory(store / SITTINGS) as beside:
        if learned.model is not None:
            learned.model.write(beside / RESUMING)
        (beside / "judged.json").write_text(json.dumps(learned.as_json(), indent=1) + "\n")
    line.result = learned.text()


def fit_bundle(store: Path, recipe: Recipe, registry: Registry, line: Line) -> None:
    """Fit a recipe on all that is known, and write which bundle it is into ``<store>/judged``.

    The index that titles are searched in is made beside it, so that no replica has to.
    """
    built = Built.read(store)
    means = judged.load(store / "judged" / "challenger").means
    bundle = train(
        recipe,
        built.interactions,
        built.catalog,
        until=built.until,
        bundles=registry.bundles_path,
        cut=built.cut,
        means=means,
        resuming=Resuming.read(store / SITTINGS / RESUMING),
        line=line,
    )
    with atomic_file(store / "judged" / "bundle.json") as beside:
        beside.write_text(json.dumps({"bundle": bundle.id}, indent=1) + "\n")
    with suppress(BusyError):  # a replica is at it already
        ensure(store / "raw" / "titles.parquet", store / "search")
    line.rows, line.result = len(built.interactions), bundle.id


def mirror(settings: Settings, recipe: Recipe, registry: Registry, challenger: str | None) -> str:
    """Log the challenger's evaluation, and make its bundle the champion there if it was published.

    Returns
    -------
    str
        Where it was logged.
    """
    evaluation = judged.load(settings.store / "judged" / "challenger")
    pointer = json.loads((settings.store / "judged" / "decision.json").read_text())
    tracking.log_evaluation(
        settings,
        recipe.declaration,
        evaluation,
        settings.store / SHARED_REPORT,
        decision=pointer["decision"],
        published=str(pointer["published"]).lower(),
    )
    if challenger is not None:
        tracking.crown(settings, registry.find(challenger))
    return tracking.uri(settings)
