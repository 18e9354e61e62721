"""How long one of our models takes to reach what a rival from elsewhere reached at its best."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from pipelines.benchmark import trial
from pipelines.benchmark.data import Data
from pipelines.benchmark.elsewhere import read_answers
from pipelines.benchmark.protocol import Protocol
from pipelines.benchmark.run import progress
from pipelines.benchmark.trial import Trial
from pipelines.files import atomic_file
from pipelines.recipe import Recipe
from recsys.errors import ConfigError, InputError
from recsys.evaluate import judge

REPEATS = 3
MOST = 20


@dataclass(frozen=True, slots=True)
class Race:
    """A rival's best and the first of our fits that is as good.

    Attributes
    ----------
    benchmark, data, metric, model, rival : str
    theirs, ours : float
        The metric.
    their_seconds, our_seconds : float
        Of fitting; ours is the median of three.
    iterations : int
        Of ours; the most that were tried if ``reached`` is false.
    reached : bool
    """

    benchmark: str
    data: str
    metric: str
    model: str
    rival: str
    theirs: float
    ours: float
    their_seconds: float
    our_seconds: float
    iterations: int
    reached: bool

    @property
    def ratio(self) -> float:
        """Our seconds for one of theirs."""
        return self.our_seconds / self.their_seconds

    def write(self, path: Path) -> None:
        """Write the JSON."""
        with atomic_file(path) as beside:
            said = {**asdict(self), "ratio": self.ratio}
            beside.write_text(json.dumps(said, indent=1) + "\n")


def race(
    protocol: Protocol,
    load: Callable[[], Data],
    recipe: Recipe,
    answers: Path,
    rival: str,
    *,
    most: int = MOST,
) -> Race:
    """Fit a model with one sweep, two, and so on, until it is as good as a rival was.

    Parameters
    ----------
    protocol : Protocol
        Whose plotted metric is compared.
    load : callable
    recipe : Recipe
        Of an algorithm with ``iterations``.
    answers : Path
        Holds the rival's answer.
    rival : str
    most : int
        Sweeps after which the rival's quality is given up.

    Raises
    ------
    ConfigError
        If the model has no iterations.
    InputError
        If there is no such answer.
    """
    name = recipe.declaration.name
    if "iterations" not in trial.hyperparameters(recipe.unfitted()):
        expected = "a model that takes iterations, such as als or bpr"
        raise ConfigError(expected=expected, got=name, where="--model")
    with progress() as shown:
        task = shown.add_task("reading", total=None)
        data = load()
        found = dict(read_answers(answers, protocol, data))
        if rival not in found:
            raise InputError(expected=f"one of {sorted(found)}", got=rival, where="--rival")
        bar = _quality(protocol, data, found[rival])
        for count in range(1, most + 1):
            shown.update(task, description=f"fitting {name}, iterations {count}")
            tried, ours = _swept(protocol, data, recipe, count)
            if ours >= bar:
                break
        again = [_swept(protocol, data, recipe, count)[0] for _ in range(REPEATS - 1)]
    return Race(
        benchmark=protocol.name,
        data=data.name,
        metric=protocol.plotted,
        model=name,
        rival=rival,
        theirs=bar,
        ours=ours,
        their_seconds=found[rival].fit_seconds,
        our_seconds=median(one.fit_seconds for one in (tried, *again)),
        iterations=count,
        reached=ours >= bar,
    )


def _quality(protocol: Protocol, data: Data, tried: Trial) -> float:
    judged = judge(tried.recommended, data.split, titles=data.titles, ks=protocol.ks)
    return judged.means[protocol.plotted].mean


def _swept(protocol: Protocol, data: Data, recipe: Recipe, count: int) -> tuple[Trial, float]:
    """Return what a fit of so many iterations answered, and how good that was."""
    declared = recipe.declaration
    config = {**declared.config, "iterations": count}
    swept = Recipe(declared.model_copy(update={"config": config}), recipe.shelf)
    tried = trial.run(swept, data, max(protocol.ks))
    return tried, _quality(protocol, data, tried)
