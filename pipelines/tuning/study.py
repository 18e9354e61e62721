"""The one door to Optuna: a search's trials, kept in a file from which a killed run goes on.

Every trial is drawn by a sampler seeded with its place in the search, from what the trials before it reached. So a
run that was killed and goes on tries what it would have tried, and two runs on the same data find the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial, Trial, TrialState

from pipelines.tuning.dimensions import Choices, Dimension, Value
from pipelines.tuning.space import Space
from recsys.errors import InputError

Drawn: TypeAlias = Trial
"""A trial that has not ended yet."""

_SAID = "said"
"""What Optuna keeps of a trial besides: one attribute, so that it is there wholly or not at all."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial that has ended.

    Attributes
    ----------
    number : int
        Its place among those that have ended, from 0: the declared values.
    values : dict
        What was tried, by path.
    mean : float or None
        Of the metric over all slices that choose; None if it did not get to the last of them.
    means : tuple of float
        On each slice that it got to.
    gain : float or None
        Over what the declared values reached on the same slices.
    refused : str
        Why there is no value; "" if there is one.
    seconds : float
    """

    number: int
    values: dict[str, Value]
    mean: float | None
    means: tuple[float, ...]
    gain: float | None
    refused: str
    seconds: float

    @property
    def stopped(self) -> bool:
        """Whether it was given up on the way, being worse than half of the others."""
        return self.mean is None and not self.refused


class Study:
    """A search on disk.

    Parameters
    ----------
    path : Path
        A SQLite file; it may hold other searches.
    name : str
        What says that two searches are one: a hash of all that a trial's value depends on.
    space : Space

    Raises
    ------
    InputError
        If there is something else in the file.
    """

    def __init__(self, path: Path, name: str, space: Space) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_file(path)
        self.path, self.space = path, space
        self.study = optuna.create_study(
            storage=optuna.storages.RDBStorage(f"sqlite:///{path.resolve()}"),
            study_name=name,
            direction="maximize",
            # A trial is given up whose mean so far is below the median of others after as many slices.
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
            load_if_exists=True,
        )
        self._distributions = {path: _distribution(one) for path, one in space.dimensions.items()}
        self._end_unfinished()

    @contextmanager
    def written(self) -> Iterator[None]:
        """Name the file where a block fails since it cannot be read or written, as on a full disk.

        Raises
        ------
        InputError
            Then; what was tried before stays.
        """
        try:
            yield
        except optuna.exceptions.StorageInternalError as error:
            got = str(error.__cause__ or error).splitlines()[0]
            raise InputError(
                expected="a search that can be written", got=got, where=self.path
            ) from None

    @property
    def tried(self) -> list[Tried]:
        """All trials that have ended, in order."""
        return [self._tried(place, one) for place, one in enumerate(self._settled())]

    @property
    def spent(self) -> float:
        """Seconds that all of them took."""
        return sum(one.user_attrs[_SAID]["seconds"] for one in self._settled())

    @property
    def in_vain(self) -> int:
        """How many trials in a row, the latest, were of what had been tried before."""
        again = [one.user_attrs[_SAID]["again"] for one in reversed(self._settled())]
        return again.index(False) if False in again else len(again)

    def ask(self, place: int) -> tuple[Drawn, dict[str, Value]]:
        """Draw the trial of a place in the search; at place 0 it is of the declared values."""
        if place == 0:
            self.study.enqueue_trial(dict(self.space.declared))
        self.study.sampler = optuna.samplers.TPESampler(seed=place, constant_liar=True)
        trial = self.study.ask(self._distributions)
        return trial, self.space.tried(trial.params)

    def known(self, values: Mapping[str, Value]) -> Tried | None:
        """Return the trial that tried the same before, if there is one."""
        return next((one for one in self.tried if one.values == values), None)

    def worse(self, trial: Drawn, step: int, gain: float) -> bool:
        """Say what a trial has gained so far; return whether it may be given up."""
        trial.report(gain, step)
        return trial.should_prune()

    def tell(
        self,
        trial: Drawn,
        *,
        mean: float | None,
        means: tuple[float, ...],
        gain: float | None,
        seconds: float,
        refused: str = "",
        again: bool = False,
    ) -> None:
        """Say how a trial has ended; see ``Tried``."""
        said: dict[str, Any] = {"mean": mean, "means": means, "gain": gain, "seconds": seconds}
        said |= {"refused": refused, "again": again}
        trial.set_user_attr(_SAID, said)
        self._end(trial.number, said)

    def importance(self) -> dict[str, float]:
        """Return what share of the differences each hyperparameter explains; empty if too few were tried.

        By a forest over the trials that got to the end (Hutter et al., "An Efficient Approach for Assessing
        Hyperparameter Importance", ICML 2014).
        """
        values = {one.mean for one in self.tried if one.mean is not None}
        if len(values) < LEAST_EXPLAINED:
            return {}
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
        return optuna.importance.get_param_importances(self.study, evaluator=evaluator)

    def _end_unfinished(self) -> None:
        """End what a killed run left: by what a trial had said, or as if it had never been drawn."""
        for one in self.study.get_trials(states=(TrialState.RUNNING, TrialState.WAITING)):
            if one.state == TrialState.WAITING:  # it can only end once it runs
                self.study.ask()
            if _SAID in one.user_attrs:
                self._end(one.number, one.user_attrs[_SAID])
            else:
                self.study.tell(one.number, state=TrialState.FAIL)

    def _end(self, number: int, said: Mapping[str, Any]) -> None:
        if said["refused"]:
            self.study.tell(number, state=TrialState.FAIL)
        elif said["mean"] is None:
            self.study.tell(number, state=TrialState.PRUNED)
        else:
            self.study.tell(number, said["mean"])

    def _settled(self) -> list[FrozenTrial]:
        """Return the trials that have ended; one that was killed has not said all that ``tell`` says."""
        ended = self.study.get_trials(
            deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
        )
        return [one for one in ended if _SAID in one.user_attrs]

    def _tried(self, place: int, one: FrozenTrial) -> Tried:
        said = one.user_attrs[_SAID]
        return Tried(
            number=place,
            values=self.space.tried(one.params),
            mean=said["mean"],
            means=tuple(said["means"]),
            gain=said["gain"],
            refused=said["refused"],
            seconds=said["seconds"],
        )


LEAST_EXPLAINED = 8
"""Distinct values, with fewer of which a forest explains chance."""


def _distribution(one: Dimension) -> BaseDistribution:
    if isinstance(one, Choices):
        return CategoricalDistribution(one.choices)
    if one.whole:
        return IntDistribution(int(one.low), int(one.high), log=one.log)
    return FloatDistribution(one.low, one.high, log=one.log)


def _check_file(path: Path) -> None:
    if path.exists() and path.stat().st_size and _head(path) != b"SQLite format 3\0":
        raise InputError(
            expected="an earlier search, SQLite",
            got="something else",
            where=path,
            hint="Remove it, which begins the search anew",
        )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)
