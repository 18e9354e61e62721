"""What the machine has: processors to work on, and memory that a fit asks for before it takes any."""

from __future__ import annotations

import os
from typing import Final

from recsys.errors import CapacityError

_BOUNDED: Final = "use next-title, which keeps to the most watched titles"
FEWER_FACTORS: Final = f"lower factors, or {_BOUNDED}"
FEWER_NEIGHBOURS: Final = f"lower neighbours, or {_BOUNDED}"
"""What serves a catalog of any size: advice that leads in a circle would be none."""


def cores() -> int:
    """Return how many processors this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_memory(needed: float, most_gb: float, counted: str, *, where: str, instead: str) -> None:
    """Refuse what would need too much memory.

    Parameters
    ----------
    needed : float
        Bytes.
    most_gb : float
        What is allowed, in 10^9 bytes.
    counted : str
        Of what there is too much, such as "40 titles".
    where : str
        The model's name; its setting is ``memory_gb``.
    instead : str
        What would serve besides raising the setting.

    Raises
    ------
    CapacityError
        If more is needed than allowed; nothing has been taken.
    """
    if needed > most_gb * 1e9:
        raise CapacityError(
            expected=f"at most {most_gb} GB",
            got=f"{counted}, which need {needed / 1e9:.1f} GB",
            where=f"{where}.memory_gb",
            hint=f"Raise it, or {instead}",
        )
