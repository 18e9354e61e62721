"""A model that was judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recsys.declaration import Declaration
from recsys.evaluate import Evaluation


@dataclass(frozen=True, slots=True)
class Judged:
    """A model's declaration and how good it was.

    Attributes
    ----------
    declaration : Declaration
    config : dict
        All hyperparameters, defaults included.
    evaluation : Evaluation
    fit_seconds : float
    """

    declaration: Declaration
    config: dict[str, Any]
    evaluation: Evaluation
    fit_seconds: float

    @property
    def name(self) -> str:
        """The declaration's name."""
        return self.declaration.name
