"""What a request knows besides the history: the moment, the place, and what may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one answer.

    Attributes
    ----------
    now : datetime
        UTC. Everything later than this is invisible.
    region : str
        ISO 3166-1 alpha-2; "" where unknown.
    maximum_age : int, optional
        Strictest maturity that may be shown, in years; ``None`` is no limit.
    device : str
        One of ``DEVICE_TYPES``; "" where unknown.
    """

    now: datetime
    region: str = ""
    maximum_age: int | None = None
    device: str = ""

    @classmethod
    def at_present(cls) -> Context:
        """Return the context of a request of which nothing but the time is known."""
        return cls(now=datetime.now(UTC))
