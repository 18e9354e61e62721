"""The two steps that judge: the challenger on held-out days, and the challenger against the champion."""

from __future__ import annotations

import json
import time
from pathlib import Path

from pipelines.build import Built
from pipelines.decision import METRIC, Contestant
from pipelines.drift.vectors import Vectors
from pipelines.files import atomic_file
from pipelines.gate import Compared, decide
from pipelines.guardrails.children import too_mature
from pipelines.guardrails.judge import Measured, guarded, sliced
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
    mature = too_mature(model, split, titles)
    judged.save(evaluation, store / "judged" / "challenger", Vectors.of(model), mature)
    line.result = f"{METRIC} {evaluation.means[METRIC]}"


def decide_challenger(store: Path, recipe: Recipe, registry: Registry, line: Line) -> None:
    """Write the decision into the registry, and which one it is into ``<store>/judged``."""
    folder, built = store / "judged" / "challenger", Built.read(store)
    evaluation, mature = judged.load(folder), judged.load_too_mature(folder)
    champion, declaration = registry.champion(), recipe.declaration
    ring = Ring(recipe, evaluation, built, store, line, mature)
    rival = None if champion is None else ring.rival(champion)
    compared, titles = None if rival is None else rival.compared, Titles.from_table(built.catalog)
    us = Contestant(model=declaration.name, recipe=recipe.digest, code=code_version())
    ours = Measured.of(evaluation, built.split(), titles, mature)
    decision = decide(
        (us, evaluation),
        rival,
        declaration.gates,
        cut=built.cut.isoformat(),
        guardrails=guarded(declaration.guardrails, ours, _both(compared, titles)),
        slices=sliced(declaration.slices, compared, titles),
    )
    path = decision.write(registry.root / "decisions")
    pointer = {"decision": path.name, "published": decision.published}
    with atomic_file(store / "judged" / "decision.json") as beside:
        beside.write_text(json.dumps(pointer, indent=1) + "\n")
    line.result = decision.reasons[0]


def _both(compared: Compared | None, titles: Titles) -> tuple[Measured, Measured] | None:
    if compared is None or compared.split is None or compared.too_mature is None:
        return None
    new, old = (
        Measured.of(one, compared.split, titles, mature)
        for one, mature in zip(
            (compared.challenger, compared.champion), compared.too_mature, strict=True
        )
    )
    return new, old
