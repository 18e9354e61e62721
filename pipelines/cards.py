"""Model cards: what a declaration, its algorithm and an evaluation say, for a reader.

``python -m pipelines.cards`` writes those of the shelf anew.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipelines.files import atomic_file
from pipelines.recipe import Recipe
from recsys.algorithm import Algorithm
from recsys.declaration import QUESTIONS, Declaration, Question, Shelf, models_in
from recsys.ranking.build import build
from recsys.ranking.hybrid import Hybrid

_USE = """\
For the homepage and "more like this" of a video-streaming service. It maps a history (the titles that
a viewer watched) to scores over titles and has no parameter for any one viewer: a new viewer is an
empty history and gets the popularity answer. Not for decisions about people."""

_DATA = """\
Interactions right of the privacy gate: pseudonyms, coarse times, titles with enough viewers, and viewers
who consented. What was never shown could not be watched, so popularity and earlier recommendations
are in the data; the evaluation report shows the slices by history length, title age and region."""


def card(recipe: Recipe) -> str:
    """Return the card of a declared model: what it is, its hyperparameters, what it must reach.

    Defaults that the declaration leaves out are in the table too. It says nothing of a particular
    fit, so it changes only with the declaration and the code.
    """
    declaration = recipe.declaration
    model = build(declaration, shelf=recipe.shelf)
    sections = [
        f"# {declaration.name}\n\n{declaration.description}",
        f"## Algorithm\n`{declaration.algorithm}`: {_about(model)}",
        f"## Use\n{_USE}",
        f"## Data\n{_DATA}",
        f"## Hyperparameters\n{_table(('name', 'value'), _values(model, recipe))}",
        f"## Gates\n{_gates(declaration)}",
    ]
    root = recipe.shelf.folders[-1]
    if parts := [(path.stem, card_name(path, root)) for path in recipe.files[1:]]:
        listed = "\n".join(f"- [{name}]({of}.md)" for name, of in parts)
        sections.insert(2, f"## Parts\n{listed}")
    return "\n\n".join(sections) + "\n"


def card_of_fit(
    recipe: Recipe, model: Algorithm, trained_until: datetime, metrics: dict[str, float]
) -> str:
    """Return the card with what one fit reached and what it was fitted with, as a bundle keeps it.

    Fitting may choose a hyperparameter, as a hybrid does for its popularity part: what holds is what
    the fitted model says.
    """
    figures = [(name, f"{value:.4f}") for name, value in sorted(metrics.items())]
    reached = _table(("metric", "mean"), figures) if figures else "Not judged."
    fitted = _table(("name", "value"), _fitted(model))
    return (
        f"{card(recipe)}\n## This fit\nLearned from what was before {trained_until.isoformat()}.\n\n"
        f"{reached}\n\n## Fitted with\n{fitted}\n"
    )


def write_cards(root: Path) -> list[Path]:
    """Write the card of every declaration below a shelf's root; return what was written."""
    return [
        _write(root, Recipe.read(Shelf.of(root, question), path.stem), path)
        for question in QUESTIONS
        for path in declared(root, question)
    ]


def declared(root: Path, question: Question) -> list[Path]:
    """Return the files that say what models are for a question, without those of other questions."""
    return models_in(Shelf.of(root, question).folders[0])


def card_name(path: Path, root: Path) -> str:
    """Return what the card of a declaration is called: ``ease``, or ``next-ease`` for that question."""
    return "-".join(path.relative_to(root).with_suffix("").parts)


def _write(root: Path, recipe: Recipe, path: Path) -> Path:
    target = root / "cards" / f"{card_name(path, root)}.md"
    with atomic_file(target) as beside:
        beside.write_text(card(recipe))
    return target


def _about(model: Algorithm) -> str:
    """Return the docstring's first sentence and its source, which the class states once."""
    text = inspect.cleandoc(type(model).__doc__ or "")
    first = text.split("\n\n", maxsplit=1)[0].replace("\n", " ")
    if "References" not in text:
        return first
    source = text.split("References\n----------\n", maxsplit=1)[1].strip().split("\n\n")[0]
    return f"{first}\n\n{source}"


def _values(model: Algorithm, recipe: Recipe) -> list[tuple[str, str]]:
    stated = recipe.declaration.config
    return [
        (name, f"{value}" + ("" if name in stated else " (default)"))
        for name, value in model.config.model_dump(mode="json").items()
    ]


def _fitted(model: Algorithm) -> list[tuple[str, str]]:
    """Return the hyperparameters of a fitted model, then those of each of its parts."""
    parts = model.parts if isinstance(model, Hybrid) else {}
    every = {"": model, **{f"{name}.": part for name, part in parts.items()}}
    return [
        (f"{prefix}{name}", f"{value}")
        for prefix, one in every.items()
        for name, value in one.config.model_dump(mode="json").items()
    ]


def _gates(declaration: Declaration) -> str:
    if not declaration.gates:
        return "None of its own: it must not be worse than the champion."
    floors = [(name, f"{least}") for name, least in sorted(declaration.gates.items())]
    tables = [_table(("metric", "least mean"), floors)]
    if declaration.guardrails:
        rails = [
            (
                name,
                *("" if one is None else f"{one:g}" for one in (rail.least, rail.most, rail.lose)),
            )
            for name, rail in sorted(declaration.guardrails.items())
        ]
        head = ("guardrail", "least", "most", "share of the champion's that may be lost")
        tables.append(_table(head, rails))
    if declaration.slices:
        kinds = [(name, f"{lose:g}") for name, lose in sorted(declaration.slices.items())]
        tables.append(
            _table(("viewers of a kind", "share of the champion's that may be lost"), kinds)
        )
    return "\n\n".join(tables)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    write_cards(Path("models"))
