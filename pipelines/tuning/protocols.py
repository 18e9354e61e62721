"""The validation slices of a benchmark's protocol, all cut from what its test part leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.benchmark import full_ranking, leave_last_out, strong_generalisation
from pipelines.benchmark.data import Data, counts, sha256_by_number
from pipelines.benchmark.events import Events
from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.temporal import moment_of
from pipelines.tuning.validation import Validation, check_count, in_time
from recsys import split as splits
from recsys.errors import ConfigError
from recsys.split import Split


def of_protocol(protocol: str, path: Path, count: int, options: dict[str, Any]) -> Validation:
    """Read a data set, leave a protocol's test part out, and cut the rest as the protocol cuts.

    Parameters
    ----------
    protocol : str
        One of POSED.
    path : Path
    count : int
        Of slices.
    options : dict
        Those of the protocol's command.

    Raises
    ------
    ConfigError
        If no slices can be made of the protocol.
    InputError
        If the data cannot be read, or is too small.
    """
    check_count(count)
    if protocol not in POSED:
        raise ConfigError(expected=f"one of {list(POSED)}", got=protocol, where="--protocol")
    slices = POSED[protocol](path, count, **options)
    return Validation(
        f"{protocol}-{path.resolve().name}", PROTOCOLS[protocol].plotted, tuple(slices)
    )


def _temporal(path: Path, count: int, cut: datetime | None = None) -> tuple[Data, ...]:
    events = Events.read(path)
    until = moment_of(events.whole(), cut)
    return in_time(path.resolve().name, events.known, events.titles_before, until, count)


def _leave_last_out(path: Path, count: int, metadata: Path | None = None) -> list[Data]:
    """Ask for the last title but one, the one before it, and so on; the oldest first."""
    test = leave_last_out.load(path, metadata=metadata)

    def backwards() -> Iterator[Split]:
        split = test.split
        while True:
            split = splits.leave_last_out(split.train)
            yield split

    return _of(test, reversed(list(islice(backwards(), count))))


def _strong_generalisation(
    path: Path, count: int, fold_in: str = "time", metadata: Path | None = None
) -> list[Data]:
    """Ask other viewers, drawn anew for each slice from those of whom the test learns."""
    order: Any = fold_in
    test = strong_generalisation.load(path, fold_in=order, metadata=metadata)
    draws = range(1, count + 1)
    return _of(
        test,
        (splits.strong_generalisation(test.split.train, order=order, seed=one) for one in draws),
    )


def _full_ranking(path: Path, count: int) -> list[Data]:
    """Ask for other titles, drawn anew for each slice from those that the test learns from."""
    test = full_ranking.load(path)
    draws = range(count)
    return _of(test, (splits.random_part(test.split.train, share=0.1, seed=one) for one in draws))


def _of(test: Data, cut: Iterator[Split]) -> list[Data]:
    return [
        Data(test.name, one, test.titles, sha256_by_number(one), facts=counts(one)) for one in cut
    ]


POSED: dict[str, Callable[..., tuple[Data, ...] | list[Data]]] = {
    "temporal": _temporal,
    "leave-last-out": _leave_last_out,
    "strong-generalisation": _strong_generalisation,
    "full-ranking": _full_ranking,
}
"""By the protocol's name; each takes a folder, the number of slices, and options of the protocol."""
