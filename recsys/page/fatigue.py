"""What was shown often and not chosen gives way for a while."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

HALF_LIFE_DAYS = 7.0
"""After so many days an impression counts half."""


class Fatigue(BaseModel):
    r"""A title that was shown :math:`s` times appeals :math:`1 / (1 + s / p)` of what it would.

    Impressions fade with a half-life of a week, so that a title comes back. What is chosen is watched, and so no
    longer among what is new to the viewer.

    Attributes
    ----------
    patience : float
        :math:`p`, the impressions after which a title appeals half as much.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    patience: float = Field(gt=0)

    def factors(self, shown: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what appeal is multiplied by, float32 (n_titles,), from faded impressions."""
        return (1 / (1 + shown / self.patience)).astype(np.float32)
