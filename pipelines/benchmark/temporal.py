"""Learn from all before a moment, and be judged by what viewers watched after it (as a night is)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from pipelines.benchmark.data import Data, Part, counts, sha256_by_text
from pipelines.benchmark.events import Events
from recsys.errors import ConfigError
from recsys.interactions import Interactions
from recsys.split import cut_at, global_time


def load(
    path: Path, *, cut: datetime | None = None, share: float = 0.1, part: Part = "test"
) -> Data:
    """Read a data set and cut it at a moment, or where the last ``share`` of interactions begins.

    Both sides are built from events, and the titles from the tags of before the cut: what is learned
    from is what was known then. The validation part is the last ``share`` of what was before the cut.

    Raises
    ------
    InputError
        If nothing known lies at the path, or nothing is left on one side of the cut.
    """
    events = Events.read(path)
    whole = events.whole()
    moment = moment_of(whole, cut, share)
    if part == "validation":
        whole = events.known(moment)
        moment = _moment(cut_at(whole, share))
    split = global_time(whole, moment, known=events.known(moment))
    return Data(
        name=path.resolve().name,
        split=split,
        titles=events.titles_before(moment),
        test_sha256=sha256_by_text(split),
        facts={"part": part, "cut": f"{split.moment}Z", **counts(split)},
    )


def moment_of(whole: Interactions, cut: datetime | None = None, share: float = 0.1) -> datetime:
    """Return where the test part begins: at a cut, or else with the last ``share`` of interactions."""
    return _moment(cut_at(whole, share)) if cut is None else cut


def parse_moment(text: str, where: str) -> datetime:
    """Read a date or time as UTC, such as ``2020-01-31``.

    Raises
    ------
    ConfigError
        If it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(expected="a date such as 2020-01-31", got=text, where=where) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(cut: np.datetime64) -> datetime:
    return datetime.fromtimestamp(int(cut.astype("datetime64[s]").astype(np.int64)), UTC)
