"""How long a search goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from recsys.errors import ConfigError

_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_BUDGET: Final = re.compile(r"(\d+(?:\.\d+)?)([smh])")


@dataclass(frozen=True, slots=True)
class Plan:
    """When a search ends: whichever comes first. What earlier runs of the same search did counts.

    Attributes
    ----------
    seconds : float or None
        Of searching and of proving what was found; the declared values are judged in any case.
    trials : int or None
        At most, the declared values among them.
    jobs : int
        Trials at a time.
    memory_gb : float or None
        What each may take; None shares out three quarters of the machine's.
    """

    seconds: float | None
    trials: int | None
    jobs: int = 1
    memory_gb: float | None = None


def seconds_of(text: str) -> float:
    """Read a budget such as ``90s``, ``30m`` or ``1.5h``.

    Raises
    ------
    ConfigError
        If it is none, or nothing.

    Examples
    --------
    >>> seconds_of("1.5h")
    5400.0
    """
    found = _BUDGET.fullmatch(text.strip())
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not seconds > 0:
        raise ConfigError(
            expected="a time such as 90s, 30m or 1.5h", got=repr(text), where="--budget"
        )
    return seconds


def check_memory_gb(given: float | None) -> float | None:
    """Return what one trial may take, or raise ConfigError if that is nothing."""
    if given is not None and not given > 0:
        raise ConfigError(expected="more than 0", got=given, where="--memory-gb")
    return given
