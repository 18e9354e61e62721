"""The search itself: trials in rounds, each judged slice by slice, until the plan's end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import numpy as np

from pipelines.recipe import Recipe
from pipelines.tuning.dimensions import Value
from pipelines.tuning.plan import Plan
from pipelines.tuning.space import Space
from pipelines.tuning.study import Drawn, Study, Tried
from pipelines.tuning.validation import Validation
from pipelines.tuning.workers import LateError, Limits, Question, Worker
from recsys.errors import RecsysError
from recsys.ids import InternalIds
from recsys.metrics import METRICS
from recsys.metrics.hits import Values

IN_VAIN = 30
"""So many trials in a row of what had been tried: the space is searched through."""


_Key = tuple[tuple[str, Value], ...]


@dataclass(slots=True)
class _Running:
    """A trial on its way through the slices."""

    trial: Drawn
    values: dict[str, Value]
    recipe: Recipe
    started: float
    worker: Worker
    judged: list[Values] = field(default_factory=list)
    refused: str = ""
    stopped: bool = False

    @property
    def means(self) -> tuple[float, ...]:
        return tuple(float(np.nanmean(one)) for one in self.judged)

    @property
    def open(self) -> bool:
        return not self.refused and not self.stopped


@dataclass(slots=True)
class Search:
    """A search at work.

    Attributes
    ----------
    space : Space
    validation : Validation
    study : Study
    plan : Plan
    workers : list of Worker
        As many as there are trials at a time.
    began : float
        When this run of it began, by ``time.perf_counter``.
    """

    space: Space
    validation: Validation
    study: Study
    plan: Plan
    workers: list[Worker]
    began: float = field(default_factory=time.perf_counter)
    _before: float = field(init=False)
    _kept: dict[_Key, list[Values]] = field(default_factory=dict, init=False)
    """Each viewer's values on the slices that choose, of the declared values and the best of this run."""

    def __post_init__(self) -> None:
        self._before = self.study.spent

    def declared(self) -> Tried:
        """Judge the declared values, unless that was done, and return what they reached.

        Raises
        ------
        RecsysError
            Whatever the declared model refuses: there is nothing to compare with then.
        """
        if done := self.study.tried:
            return done[0]
        trial, _ = self.study.ask(0)
        started = time.perf_counter()
        judged = self._judged(self.space.declared)
        means = tuple(float(np.nanmean(one)) for one in judged)
        mean, seconds = float(np.mean(means)), time.perf_counter() - started
        self.study.tell(trial, mean=mean, means=means, gain=0.0, seconds=seconds)
        self._kept[_key(self.space.declared)] = judged
        return self.study.tried[0]

    def run(self, advance: Callable[[Tried], None]) -> None:
        """Try what else is drawn, round by round, until the plan ends; each is told as it ends."""
        declared = self.declared()
        while self._goes_on(count := len(self.study.tried)):
            least = len(self.workers) if self.plan.trials is None else self.plan.trials - count
            try:
                self._round(count, min(least, len(self.workers)), declared)
            except LateError:
                for worker in self.workers:  # what the others are at is of no use any more
                    worker.end()
                return
            for one in self.study.tried[count:]:
                advance(one)

    def everywhere(self, one: Tried) -> tuple[list[Values], InternalIds]:
        """Return each viewer's value on every slice, and what is recommended on the one that proves.

        What this run has judged already is not fitted again.
        """
        kept = self._kept.get(_key(one.values))
        chosen = self._judged(one.values) if kept is None else kept
        last = len(self.validation.choosing)
        listed = self._asked(self._recipe(one.values), last)
        return [*chosen, self._values(last, listed)], listed

    def _judged(self, values: Mapping[str, Value]) -> list[Values]:
        recipe, places = self._recipe(values), range(len(self.validation.choosing))
        return [self._values(place, self._asked(recipe, place)) for place in places]

    def _asked(self, recipe: Recipe, place: int) -> InternalIds:
        self.workers[0].ask(recipe, place)
        return self.workers[0].answer(f"{recipe.declaration.name} on slice {place + 1}")

    def _recipe(self, values: Mapping[str, Value]) -> Recipe:
        return self.space.recipe if values == self.space.declared else self.space.varied(values)

    def _goes_on(self, count: int) -> bool:
        enough = self.plan.trials is not None and count >= self.plan.trials
        return not enough and self.study.in_vain < IN_VAIN and self._left() != 0

    def _left(self) -> float | None:
        """Return the seconds left for trials, at least 0, once what will prove the best is set aside."""
        if self.plan.seconds is None:
            return None
        tried = self.study.tried
        best = max((one for one in tried if one.mean is not None), key=lambda one: one.mean or 0)
        choosing = len(self.validation.choosing)
        lacking = sum(_key(one.values) not in self._kept for one in (tried[0], best))
        proof = (2 + lacking * choosing) * max(tried[0].seconds, best.seconds) / choosing
        spent = self._before + time.perf_counter() - self.began
        return max(self.plan.seconds - spent - proof, 0.0)

    def _round(self, count: int, size: int, declared: Tried) -> None:
        """Judge some trials side by side, slice by slice."""
        asked = [self.study.ask(count + place) for place in range(size)]
        running = []
        for (trial, values), worker in zip(asked, self.workers, strict=False):
            if (before := self.study.known(values)) is not None:
                self._repeat(trial, before)
                continue
            recipe = self._recipe(values)
            running.append(_Running(trial, values, recipe, time.perf_counter(), worker))
        for place in range(len(self.validation.choosing)):
            going = [one for one in running if one.open]
            for one in going:
                one.worker.ask(one.recipe, place)
            for one in going:
                self._hear(one, place, declared)
        for one in running:
            self._tell(one, declared, size)

    def _hear(self, one: _Running, place: int, declared: Tried) -> None:
        try:
            listed = one.worker.answer(f"trial of {one.values}", self._left())
        except RecsysError as error:
            one.refused = str(error)
            return
        one.judged.append(self._values(place, listed))
        gain = _gain(one.means, declared)
        last = place == len(self.validation.choosing) - 1
        one.stopped = self.study.worse(one.trial, place, gain) and not last

    def _tell(self, one: _Running, declared: Tried, abreast: int) -> None:
        mean = float(np.mean(one.means)) if one.open else None
        if mean is not None and mean > max(other.mean or 0.0 for other in self.study.tried):
            first = _key(self.space.declared)
            self._kept = {key: kept for key, kept in self._kept.items() if key == first}
            self._kept[_key(one.values)] = one.judged
        self.study.tell(
            one.trial,
            mean=mean,
            means=one.means,
            gain=_gain(one.means, declared) if one.means and not one.refused else None,
            seconds=(time.perf_counter() - one.started) / abreast,
            refused=one.refused,
        )

    def _repeat(self, trial: Drawn, before: Tried) -> None:
        self.study.tell(
            trial,
            mean=before.mean,
            means=before.means,
            gain=before.gain,
            seconds=0.0,
            refused=before.refused,
            again=True,
        )

    def _values(self, place: int, listed: InternalIds) -> Values:
        held_out = self.validation.slices[place].split.held_out
        metric = METRICS[self.validation.metric.split("@")[0]]
        return metric(listed, held_out, self.validation.k)


def _key(values: Mapping[str, Value]) -> _Key:
    return tuple(sorted(values.items()))


def _gain(means: Sequence[float], declared: Tried) -> float:
    """Return the mean over slices of how much more was reached than by the declared values."""
    return float(np.mean(np.array(means) - declared.means[: len(means)]))


@contextmanager
def workers(validation: Validation, plan: Plan, n: int) -> Iterator[list[Worker]]:
    """Yield as many workers as there are trials at a time, and end them afterwards."""
    questions = [Question.of(one) for one in validation.slices]
    limits = Limits.of(plan.jobs, plan.memory_gb)
    with ExitStack() as stack:
        yield [stack.enter_context(Worker(questions, n, limits)) for _ in range(plan.jobs)]
