"""What this benchmark is to reach, and by how much it does or does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Goal:
    """One of them.

    Attributes
    ----------
    name : str
    sign : "<=" or ">="
    wanted : float
    got : float or None
        None where it could not be measured.
    """

    name: str
    sign: Literal["<=", ">="]
    wanted: float
    got: float | None

    @property
    def met(self) -> bool:
        """Whether it is reached; what could not be measured is not."""
        if self.got is None:
            return False
        return self.got <= self.wanted if self.sign == "<=" else self.got >= self.wanted

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "goal": self.name,
            "wanted": f"{self.sign} {self.wanted:g}",
            "got": self.got,
            "met": self.met,
        }


def goals(rows: dict[str, dict[str, Any]], replica_bytes: int) -> list[Goal]:
    """Return all goals, given the rows by their names and the memory of a replica in bytes."""

    def ratio(one: str, other: str) -> float:
        return float(rows[one]["requests_per_second"] / rows[other]["requests_per_second"])

    uncached = rows["uncached"]
    slower = ratio("faiss", "retrieval")
    return [
        Goal("p99 of an uncached page at 70 % of saturation, ms", "<=", 50, uncached["p99_ms"]),
        Goal("uncached pages a second", ">=", 200, uncached["requests_per_second"]),
        Goal("cached pages, of the bare route's", ">=", 0.7, ratio("cached", "bare")),
        Goal("similar titles, of the bare route's", ">=", 0.5, ratio("similar", "bare-similar")),
        Goal("time of a retrieval, of a raw FAISS search's", "<=", 1.5, slower),
        Goal("memory of a replica, GiB", "<=", 1.5, replica_bytes / GIB),
    ]
