"""The two steps that judge: the challenger on held-out days, and the challenger against the champion."""

from __future__ import annotations

import json
import time
from pathlib import Path

from pipelines.build import Built
from pipelines.files import atomic_file
from pipelines.gate import METRIC, Contestant, Decision, JudgedAs, decide
from pipelines.nightly import judged
from pipelines.nightly.display import Line
from pipelines.nightly.places import REPORT
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.report import Judged, write
from recsys.algorithm import Algorithm
from recsys.bundle import Bundle
from recsys.evaluate import Evaluation, evaluate
from recsys.split import Split
from recsys.titles import Titles


def evaluate_challenger(store: Path, recipe: Recipe, line: Line) -> None:
    """Judge a recipe, keep what came of it in ``<store>/judged/challenger``, and write the report."""
    built = Built.read(store)
    titles, split = Titles.from_table(built.catalog), built.split()
    started = time.perf_counter()
    model = recipe.fit(split.train, titles)
    seconds = time.perf_counter() - started
    evaluation = _evaluate(model, split, titles, line)
    subject = Judged(recipe.declaration, model.config.model_dump(), evaluation, seconds)
    write(store / REPORT, [subject], split, titles, data=store.resolve().name)
    judged.save(evaluation, store / "judged" / "challenger")
    line.result = f"{METRIC} {evaluation.means[METRIC]}"


def decide_challenger(store: Path, recipe: Recipe, registry: Registry, line: Line) -> None:
    """Write the decision into the registry, and which one it is into ``<store>/judged``."""
    evaluation = judged.load(store / "judged" / "challenger")
    decision = _compare(recipe, evaluation, Built.read(store), registry, line)
    path = decision.write(registry.root / "decisions")
    pointer = {"decision": path.name, "published": decision.published}
    with atomic_file(store / "judged" / "decision.json") as beside:
        beside.write_text(json.dumps(pointer, indent=1) + "\n")
    line.result = decision.reasons[0]


def _judge(recipe: Recipe, built: Built, line: Line) -> Evaluation:
    """Fit a recipe on what was known at the cut, and ask it for what was watched from then on."""
    titles, split = Titles.from_table(built.catalog), built.split()
    model = recipe.fit(split.train, titles)
    return _evaluate(model, split, titles, line)


def _evaluate(model: Algorithm, split: Split, titles: Titles, line: Line) -> Evaluation:
    line.rows = len(split.viewers)
    line.total(line.rows)
    return evaluate(model, split, titles=titles, advance=line.advance)


def _compare(
    recipe: Recipe, challenger: Evaluation, built: Built, registry: Registry, line: Line
) -> Decision:
    """Decide whether a challenger that was judged may take the champion's place."""
    champion = registry.champion()
    sides = Contestant(model=recipe.declaration.name, recipe=recipe.digest), challenger
    rival = None
    if champion is not None:
        rival = _judge_champion(champion, recipe, challenger, built, line)
    floors, cut = recipe.declaration.gates, built.cut.isoformat()
    return decide(sides, rival, floors, cut=cut)


def _judge_champion(
    champion: Bundle,
    challenger: Recipe,
    evaluation: Evaluation,
    built: Built,
    line: Line,
) -> tuple[Contestant, Evaluation]:
    """Judge what the champion would have known at the cut, never what it learned since.

    A champion that was trained on what is now held out has seen the answers. So its recipe is
    fitted again before the cut, unless it was trained before it or is the challenger's own.
    """
    recipe = Recipe.of(champion)

    def contestant(how: JudgedAs) -> Contestant:
        return Contestant(
            model=champion.model, recipe=recipe.digest, bundle=champion.id, judged_as=how
        )

    if champion.trained_until <= built.cut and (model := _model(champion, recipe, built)):
        titles = Titles.from_table(built.catalog)
        return contestant("its bundle"), _evaluate(model, built.split(), titles, line)
    if recipe.digest == challenger.digest:
        return contestant("the challenger's own recipe"), evaluation
    return contestant("its recipe, fitted before the cut"), _judge(recipe, built, line)


def _model(champion: Bundle, recipe: Recipe, built: Built) -> Algorithm | None:
    """Load the champion's model if it numbers today's catalog, else it cannot be asked as it is."""
    model = recipe.load(champion)
    return model if model.title_ids_ == Titles.from_table(built.catalog).ids else None
