"""May a challenger take the champion's place, and the reasons for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.decision import (
    METRIC,
    Comparison,
    Contestant,
    Decision,
    Figure,
    Floor,
    Guarded,
    Memory,
    Sliced,
)
from recsys.errors import ConfigError
from recsys.evaluate import Evaluation
from recsys.metrics.interval import Interval, paired
from recsys.split import Split

TOLERANCE = 0.05
"""The largest share of the champion's figure that another recipe may lose, however wide the interval is: with
few viewers an interval lets through almost anything."""
DRIFT = 0.25
"""The largest share of what the champion once reached that may be lost. Figures drift with the days that
they are taken on; what loses more has learned from broken data, of which a comparison on those very
data tells nothing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Both models' answers to the same viewers.

    Attributes
    ----------
    challenger, champion : Evaluation
    cut : str
        UTC, for the record.
    split : Split, optional
        Whom both were asked for, and with what.
    too_mature : (int, int), optional
        Of the challenger and of the champion: titles above the limit in what children would get.
    """

    challenger: Evaluation
    champion: Evaluation
    cut: str
    split: Split | None = None
    too_mature: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rival:
    """The champion, and what can be held against a challenger.

    Attributes
    ----------
    contestant : Contestant
    compared : Compared, optional
        None if there is nothing that both can be asked fairly.
    then : Figure, optional
        What it reached when it was published; None if it was never judged.
    fresh : bool
        Whether the two were compared on days that the champion, as it serves, has not seen. Then its
        figure of old may be missed by DRIFT or by its interval, else by neither.
    same : bool
        Whether both have one recipe and one code. Then they differ by what they learned from alone, and
        on few viewers a retrained model is often a little worse by chance, so DRIFT is tolerated.
    """

    contestant: Contestant
    compared: Compared | None = None
    then: Figure | None = None
    fresh: bool = False
    same: bool = False

    @property
    def tolerance(self) -> float:
        """The share of its figure that may be lost in the comparison, whatever the interval."""
        return DRIFT if self.same else TOLERANCE


def decide(
    challenger: tuple[Contestant, Evaluation],
    rival: Rival | None,
    floors: dict[str, float],
    *,
    cut: str,
    guardrails: Sequence[Guarded] = (),
    slices: Sequence[Sliced] = (),
) -> Decision:
    """Hold a challenger against the champion, against its floors and against its guardrails.

    Parameters
    ----------
    challenger : (Contestant, Evaluation)
        Its recipe, judged on the latest days.
    rival : Rival, optional
        Without a champion the floors alone decide.
    floors : dict
        Least mean by metric, as the challenger's declaration has them in ``gates``.
    cut : str
        UTC, where the latest days begin, for the record.
    guardrails : sequence of Guarded
    slices : sequence of Sliced

    Returns
    -------
    Decision
        Published unless a floor is missed, or a guardrail or a slice says why not, or against the champion either the whole paired
        interval of the difference is below 0, or the mean loses more than is tolerated, or
        what the champion reached when it was published is missed, or nothing can be compared.

    Raises
    ------
    ConfigError
        If a floor is of a metric that was not measured.
    """
    contestant, evaluation = challenger
    known = {name: _floor(name, least, evaluation.means) for name, least in floors.items()}
    reasons = [
        f"{name} must be at least {floor.least}, and is {_number(floor.reached, 5)}"
        for name, floor in known.items()
        if floor.reached is None or floor.reached < floor.least
    ]
    comparison = _comparison(rival)
    memory = _memory(rival, evaluation)
    reasons += _losses(rival) + _lapses(rival, memory)
    refusals = [*(one.why for one in guardrails), *(one.why for one in slices)]
    reasons += [why for why in refusals if why]
    return Decision(
        published=not reasons,
        reasons=tuple(reasons) or (_praise(rival, comparison, memory),),
        challenger=contestant,
        champion=None if rival is None else rival.contestant,
        cut=cut,
        n_viewers=len(evaluation.values[METRIC]),
        tolerance=TOLERANCE if rival is None else rival.tolerance,
        metrics={name: Figure.of(one) for name, one in sorted(evaluation.means.items())},
        comparison=comparison,
        memory=memory,
        floors=known,
        guardrails=tuple(guardrails),
        slices=tuple(slices),
    )


def _floor(name: str, least: float, means: dict[str, Interval]) -> Floor:
    if name not in means:
        raise ConfigError(expected=f"one of {sorted(means)}", got=name, where="gates")
    return Floor(least=least, reached=Figure.of(means[name]).mean)


def _comparison(rival: Rival | None) -> Comparison | None:
    if rival is None or rival.compared is None:
        return None
    ours, theirs = rival.compared.challenger, rival.compared.champion
    return Comparison(
        cut=rival.compared.cut,
        n_viewers=len(ours.values[METRIC]),
        metrics={
            name: {"challenger": Figure.of(ours.means[name]), "champion": Figure.of(mean)}
            for name, mean in sorted(theirs.means.items())
        },
        difference=Figure.of(_difference(rival.compared)),
    )


def _difference(compared: Compared) -> Interval:
    return paired(compared.challenger.values[METRIC], compared.champion.values[METRIC])


def _memory(rival: Rival | None, evaluation: Evaluation) -> Memory | None:
    if rival is None or rival.then is None:
        return None
    then, least = rival.then, None
    if then.mean is not None and then.low is not None:
        bounds = then.low, (1 - DRIFT) * then.mean
        least = min(bounds) if rival.fresh else max(bounds)
    return Memory(then=then, now=Figure.of(evaluation.means[METRIC]), least=least)


def _losses(rival: Rival | None) -> list[str]:
    """Say in what the challenger is worse; figures that are no numbers can hide nothing."""
    if rival is None or rival.compared is None:
        return []
    difference = _difference(rival.compared)
    champion = rival.compared.champion.means[METRIC].mean
    losses = []
    if not difference.high >= 0:
        losses.append(
            f"{METRIC} is worse than the champion's by {-difference.mean:.4f}, and the whole interval "
            f"[{difference.low:.4f}, {difference.high:.4f}] is below 0"
        )
    if not difference.mean >= -rival.tolerance * champion:
        losses.append(
            f"{METRIC} loses {-difference.mean:.4f} of the champion's {champion:.4f}, "
            f"which is more than the tolerated {rival.tolerance:.0%}"
        )
    return losses


def _lapses(rival: Rival | None, memory: Memory | None) -> list[str]:
    """Say in what the challenger falls behind what the champion once reached, or that nobody can say."""
    if rival is None:
        return []
    if memory is None:
        return [] if rival.compared else ["there is nothing to compare with the champion by"]
    if memory.now.mean is None or (memory.least is not None and memory.now.mean < memory.least):
        now, least = _number(memory.now.mean, 4), _number(memory.least, 4)
        reason = (
            f"{METRIC} is {now}, and must be at least {least}, since the champion reached "
            f"{memory.then} when it was published: the data may be broken"
        )
        return [reason]
    return []


def _praise(rival: Rival | None, comparison: Comparison | None, memory: Memory | None) -> str:
    if rival is None:
        return "there is no champion yet, and every floor is passed"
    said = []
    if comparison is not None:
        said.append(f"{METRIC} differs from the champion's by {comparison.difference}")
    if memory is not None:
        said.append(f"{METRIC} is {memory.now}, where the champion once reached {memory.then}")
    return f"{'; '.join(said)}; which is no loss, and every floor is passed"


def _number(value: float | None, digits: int) -> str:
    return "no value" if value is None else f"{value:.{digits}f}"
