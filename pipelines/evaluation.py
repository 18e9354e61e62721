"""Judging declared models, and the champion's recipe beside them, on the store's own lake."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

import pyarrow.compute as pc
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from pipelines.build import Built, build, lake
from pipelines.figures import difference, row
from pipelines.files import atomic_file
from pipelines.nightly.places import between_nights
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.report import Judged
from recsys.errors import ConfigError
from recsys.evaluate import evaluate
from recsys.metrics import paired
from recsys.settings import Settings
from recsys.split import Split
from recsys.titles import Titles

KS = (10, 20)
COMPARED = "ndcg@10"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ``recsys evaluate`` found.

    Attributes
    ----------
    data : str
        The store's name.
    judged : list of Judged
        The models asked for, then the champion's recipe if it is none of them.
    champion : str
        Which of them serves; "" if none does.
    split : Split
    titles : Titles
    report : Path
        The HTML.
    """

    data: str
    judged: list[Judged]
    champion: str
    split: Split
    titles: Titles
    report: Path

    def write(self, path: Path) -> None:
        """Write the figures as JSON; ``paired`` is the first model against each other one."""
        name, ours = self.judged[0].name, self.judged[0].evaluation.values[COMPARED]
        content = {
            "data": self.data,
            "cut": f"{self.split.moment}Z",
            "champion": self.champion or None,
            "report": str(self.report),
            "rows": [
                row(one.name, one.evaluation, one.config, fit_seconds=one.fit_seconds)
                for one in self.judged
            ],
            "paired": [
                difference(name, one.name, COMPARED, paired(ours, one.evaluation.values[COMPARED]))
                for one in self.judged[1:]
            ],
        }
        with atomic_file(path) as beside:
            beside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def evaluate_models(
    settings: Settings, names: Sequence[str], *, days: int | None = None, track: bool = True
) -> Outcome:
    """Fit each model before a cut, judge it by what came after, write the report, log the runs.

    Parameters
    ----------
    settings : Settings
    names : sequence of str
        On the shelf of declarations; the report is about the first.
    days : int, optional
        The last days of the lake, to be found; by default what the night holds out.
    track : bool
        Whether to log to MLflow.

    Raises
    ------
    RecsysError
        If a model or the store cannot be used, or a night job is at work in it; nothing is written then.
    """
    recipes = {name: Recipe.read(settings.declarations, name) for name in names}
    if not recipes:
        raise ConfigError(expected="at least one model", got="none", where="--model")
    champion = _add_champion(recipes, Registry(settings.registry))
    for recipe in recipes.values():
        recipe.unfitted()  # a wrong hyperparameter is to be found before anything is fitted
    with between_nights(settings.store):
        built = _built(settings.store, days)
    titles, split = Titles.from_table(built.catalog), built.split()
    judged = _judge_all(recipes, split, titles)
    path = settings.store / "reports" / f"{names[0]}-{str(split.moment)[:10]}.html"
    outcome = Outcome(settings.store.resolve().name, judged, champion, split, titles, path)
    _publish(settings, outcome, track=track)
    return outcome


def _add_champion(recipes: dict[str, Recipe], registry: Registry) -> str:
    """Add the champion's recipe unless it is asked for anyway; return its name here."""
    bundle = registry.champion()
    if bundle is None:
        return ""
    recipe = Recipe.of(bundle)
    if bundle.model in recipes and recipes[bundle.model].digest == recipe.digest:
        return bundle.model
    name = f"{bundle.model} (champion)" if bundle.model in recipes else bundle.model
    recipes[name] = recipe
    return name


def _built(store: Path, days: int | None) -> Built:
    if days is None:
        if not (store / "built" / "moments.json").is_file():
            build(store)
        return Built.read(store)
    if days < 1:
        raise ConfigError(expected="at least 1 day", got=days, where="--days")
    from features.interactions import build as interactions_of  # noqa: PLC0415  (brings DuckDB)

    events, catalog = lake(store)
    first, latest = (m.as_py().astimezone(UTC) for m in pc.min_max(events["occurred_at"]).values())
    until = latest.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    most = max((until - first - timedelta.resolution) // timedelta(days=1), 1)
    if days > most:
        raise ConfigError(
            expected=f"at most {most} days, with events before", got=days, where="--days"
        )
    cut = until - timedelta(days=days)
    whole, known = (interactions_of(events, catalog, moment) for moment in (until, cut))
    return Built(whole, known, catalog, until, cut)


def _judge_all(recipes: dict[str, Recipe], split: Split, titles: Titles) -> list[Judged]:
    judged = []
    with _progress() as progress:
        for name, recipe in recipes.items():
            task = progress.add_task(f"fitting {name}", total=len(split.viewers))
            started = time.perf_counter()
            model = recipe.fit(split.train, titles)
            seconds = time.perf_counter() - started
            progress.update(task, description=f"asking {name}")
            evaluation = evaluate(
                model,
                split,
                titles=titles,
                ks=KS,
                advance=lambda n, task=task: progress.advance(task, n),  # type: ignore[misc]
            )
            progress.update(task, description=f"judged {name}")
            declaration = recipe.declaration.model_copy(update={"name": name})
            config = model.config.model_dump(mode="json")
            judged.append(Judged(declaration, config, evaluation, seconds))
    return judged


def _publish(settings: Settings, outcome: Outcome, *, track: bool) -> None:
    from pipelines.report import write  # noqa: PLC0415  (brings matplotlib)

    # Times differ from run to run and the report does not: they are in the runs and the JSON.
    write(
        outcome.report,
        outcome.judged,
        outcome.split,
        outcome.titles,
        data=outcome.data,
        champion=outcome.champion,
        shared=_shared(outcome.report),
    )
    if track:
        from pipelines.tracking import log_evaluation  # noqa: PLC0415

        for one in outcome.judged:
            report = _shared(outcome.report) if one is outcome.judged[0] else None
            log_evaluation(settings, one.declaration, one.evaluation, report, data=outcome.data)


def _shared(report: Path) -> Path:
    """Return where the same report lies without anybody's history, for who has no access to the store."""
    return report.parent / "shared" / report.name


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TextColumn("viewers"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
