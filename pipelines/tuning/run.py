"""A search from its question to a change for review."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.benchmark.data import Data
from pipelines.benchmark.kept import made_by
from pipelines.files import atomic_file, lock
from pipelines.nightly.display import Display, Line
from pipelines.recipe import Recipe
from pipelines.tuning import change
from pipelines.tuning.outcome import Gain, Outcome, verdict
from pipelines.tuning.plan import Plan
from pipelines.tuning.search import Search, workers
from pipelines.tuning.space import Space
from pipelines.tuning.study import Study, Tried
from pipelines.tuning.validation import Validation
from recsys.ids import InternalIds
from recsys.metrics import beyond, paired, recall
from recsys.metrics.genres import genre_matrix

TUNING = "tuning"
"""The folder of a store that keeps searches."""

LISTED = 20
"""Titles of a list, by which is told what a gain cost besides."""


def tune(
    recipe: Recipe,
    pose: Callable[[], Validation],
    plan: Plan,
    folder: Path,
    *,
    data: str,
    display: Display,
) -> Outcome:
    """Search for better hyperparameters, prove the best, and write what came of it.

    Parameters
    ----------
    recipe : Recipe
    pose : callable
        Reads and cuts the data, once the model and its search are known to be declared rightly.
    plan : Plan
    folder : Path
        Gets ``<name>.db``, from which a run that was stopped goes on, ``<name>.html``, and ``<name>.diff`` if a
        change is proposed.
    data : str
        With the model's name it makes ``<name>``; "" is the store's own.
    display : Display

    Raises
    ------
    ConfigError
        If the search is not declared, or wrongly.
    BusyError
        If another process is at the same search.
    RecsysError
        If the data cannot be used, or the model as it is declared refuses it.
    """
    began, space = time.perf_counter(), Space.read(recipe)
    text = _file(space).read_bytes().decode()
    place = folder / "-".join(filter(None, (data, recipe.declaration.name)))
    with lock(place.with_name(f"{place.name}.lock")):
        with display.step("slices") as line:
            validation = pose()
            line.result = ", ".join(
                f"{len(one.split.viewers):,} viewers" for one in validation.slices
            )
        study = Study(place.with_name(f"{place.name}.db"), _name(space, validation), space)
        n = max(validation.k, LISTED)
        with study.written(), workers(validation, plan, n) as able:
            search = Search(space, validation, study, plan, able, began)
            found = _Run(search, text, place, display).outcome()
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    search: Search
    text: str
    """Of the declaration, as it was when the search began: what was judged is what changes."""
    place: Path
    display: Display

    def outcome(self) -> Outcome:
        search = self.search
        with self.display.step("declared") as line:
            line.done = not search.study.tried
            declared = search.declared()
            line.result = f"{search.validation.metric} {declared.mean:.4f}"
        with self.display.step("search") as line:
            self._search(line)
        tried = search.study.tried
        best = _best(tried)
        with self.display.step("prove") as line:
            gains, beside = self._proved(best) if best is not tried[0] else ([], {})
            line.done, line.result = bool(gains), verdict(gains)
        with self.display.step("report") as line:
            found = Outcome(
                search.space,
                search.validation,
                tried,
                best,
                gains,
                beside,
                search.study.importance(),
                self._diff(best) if verdict(gains) == "better" else "",
                self.place,
            )
            _write(found)
            line.result = f"{self.place}.html"
        return found

    def _search(self, line: Line) -> None:
        before = len(self.search.study.tried)
        best = _best(self.search.study.tried)
        if self.search.plan.trials is not None:
            line.total(self.search.plan.trials)
            line.advance(before)

        def advance(one: Tried) -> None:
            nonlocal best
            best = _best([best, one])
            line.advance(1)
            line.say(f"search, best {best.mean:.4f}")

        self.search.run(advance)
        tried = self.search.study.tried
        line.done = len(tried) > before
        line.result = f"{len(tried)} tried, best {best.mean:.4f}"

    def _proved(self, best: Tried) -> tuple[list[Gain], dict[str, tuple[float, float]]]:
        """Compare both on every slice, of which the last has judged none of the trials."""
        search, slices = self.search, self.search.validation.slices
        places = range(len(slices))
        declared, listed_before = search.everywhere(search.study.tried[0])
        found, listed = search.everywhere(best)
        gains = [
            Gain(
                slice=str(slices[place].facts.get("cut", f"slice {place + 1}")),
                n_viewers=len(slices[place].split.viewers),
                interval=paired(found[place], declared[place]),
                proves=place == places[-1],
            )
            for place in places
        ]
        return gains, self._beside(listed_before, listed)

    def _beside(self, declared: InternalIds, best: InternalIds) -> dict[str, tuple[float, float]]:
        before, after = (_means(self.search.validation.proving, one) for one in (declared, best))
        return {name: (before[name], after[name]) for name in before}

    def _diff(self, best: Tried) -> str:
        space = self.search.space
        new = {name: one for name, one in best.values.items() if one != space.declared[name]}
        whole = space.recipe.unfitted().config.model_dump(mode="json")
        return change.diff(_file(space), self.text, change.changed(self.text, new, whole))


def _means(data: Data, listed: InternalIds) -> dict[str, float]:
    """Return what lists of LISTED titles are besides what they are chosen by."""
    split, genres = data.split, genre_matrix(data.titles)
    first = listed[:, :LISTED]
    shown = beyond.exposures(first, split.held_out.n_titles)
    means = {
        "recall": float(np.nanmean(recall(first, split.held_out, LISTED))),
        "coverage": beyond.coverage(shown),
        "novelty": float(np.nanmean(beyond.novelty(first, split.train.histories))),
    }
    if genres.any():
        means["diversity"] = float(np.nanmean(beyond.intra_list_diversity(first, genres)))
    return {f"{name}@{LISTED}": value for name, value in means.items()}


def _file(space: Space) -> Path:
    return space.recipe.shelf.path(space.recipe.declaration.name)


def _best(tried: list[Tried]) -> Tried:
    """Return the first of the best; the declared values are the first of all."""
    return max(tried, key=lambda one: float("-inf") if one.mean is None else one.mean)


def _name(space: Space, validation: Validation) -> str:
    """Name a search by all that the value of a trial depends on: the code, the model, the space, the data."""
    dimensions = {path: one.model_dump(mode="json") for path, one in space.dimensions.items()}
    return made_by(space.recipe, [validation.digest, dimensions])


def _write(found: Outcome) -> None:
    from pipelines.tuning.report import render  # noqa: PLC0415  (brings matplotlib)

    with atomic_file(found.place.with_name(f"{found.place.name}.html")) as beside:
        beside.write_text(render(found), encoding="utf-8")
    diff = found.place.with_name(f"{found.place.name}.diff")
    if not found.diff:
        diff.unlink(missing_ok=True)
        return
    with atomic_file(diff) as beside:
        beside.write_bytes(found.diff.encode())
