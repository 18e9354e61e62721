"""What every kind of row has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from recsys.page.material import Material
from recsys.page.ranked import Row


class Kind(BaseModel, ABC):
    """One entry of ``models/rows.toml``.

    Attributes
    ----------
    least, most : int
        How many rows of the kind a page has at least, wherever so many can be filled, and at most.
    shortest : int, optional
        A row of the kind that has fewer titles left is not shown; by default as the page has it.
    lift : float
        How much more likely a title is chosen for standing in such a row.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    least: int = Field(default=0, ge=0, le=100)
    most: int = Field(default=1, ge=1, le=100)
    shortest: int | None = Field(default=None, ge=1, le=100)
    lift: float = Field(default=1.0, gt=0, le=100)

    @property
    def key(self) -> str:
        """What the entry is told apart by."""
        return self.kind

    @abstractmethod
    def rows(self, material: Material) -> Iterator[Row]:
        """Propose rows; their titles may be shown, and are more than a row holds."""
