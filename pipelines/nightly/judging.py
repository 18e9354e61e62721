"""The two steps that judge: the challenger on held-out days, and the challenger against the champion."""

from __future__ import annotations

import json
import time
from pathlib import Path

from pipelines.build import Built
from pipelines.decision import METRIC, Contestant
from pipelines.drift.vectors import Vectors
from pipelines.files import atomic_file
from pipelines.gate import decide
from pipelines.nightly import judged
from pipelines.nightly.asking import ask
from pipelines.nightly.display import Line
from pipelines.nightly.places import DRIFT_REPORT, REPORT, SHARED_REPORT
from pipelines.nightly.rivals import Ring
from pipelines.nightly.version import code_version
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.report import Judged, write
from recsys.titles import Titles


def evaluate_challenger(store: Path, recipe: Recipe, line: Line) -> None:
    """Judge a recipe, keep what came of it in ``<store>/judged/challenger``, and write the report."""
    built = Built.read(store)
    titles, split = Titles.from_table(built.catalog), built.split()
    started = time.perf_counter()
    model = recipe.fit(split.train, titles)
    seconds = time.perf_counter() - started
    evaluation = ask(model, split, titles, line)
    subject = Judged(recipe.declaration, model.config.model_dump(), evaluation, seconds)
    data, shared = store.resolve().name, store / SHARED_REPORT
    page = store / DRIFT_REPORT
    write(store / REPORT, [subject], split, titles, data=data, shared=shared, drift=page)
    judged.save(evaluation, store / "judged" / "challenger", Vectors.of(model))
    line.result = f"{METRIC} {evaluation.means[METRIC]}"


def decide_challenger(store: Path, recipe: Recipe, registry: Registry, line: Line) -> None:
    """Write the decision into the registry, and which one it is into ``<store>/judged``."""
    evaluation, built = judged.load(store / "judged" / "challenger"), Built.read(store)
    champion, declaration = registry.champion(), recipe.declaration
    ring = Ring(recipe, evaluation, built, store, line)
    rival = None if champion is None else ring.rival(champion)
    us = Contestant(model=declaration.name, recipe=recipe.digest, code=code_version())
    decision = decide((us, evaluation), rival, declaration.gates, cut=built.cut.isoformat())
    path = decision.write(registry.root / "decisions")
    pointer = {"decision": path.name, "published": decision.published}
    with atomic_file(store / "judged" / "decision.json") as beside:
        beside.write_text(json.dumps(pointer, indent=1) + "\n")
    line.result = decision.reasons[0]
