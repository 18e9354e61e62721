"""One viewer who asks for a page, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import NO_TITLES, InternalIds
from recsys.interactions import Histories
from recsys.page.own import NOTHING, Own
from recsys.page.speech import IN_ENGLISH, Speech


@dataclass(frozen=True, slots=True)
class Visit:
    """One viewer who asks for a page.

    Attributes
    ----------
    history : Histories
        Of one viewer; an empty one is a new viewer's.
    context : Context
    own : Own
        What the viewer has begun, listed and finished.
    wanted : bool (n_titles,), optional
        What may stand on the page; titles watched may be its reason whether they are wanted or not.
    shown : float32 (n_titles,), optional
        How often each title was shown to the viewer, long ago counting less.
    opened : int32 (n,)
        Titles whose details were opened in this session, and not turned down.
    speech : Speech
        What the page says things with.
    """

    history: Histories
    context: Context
    own: Own = NOTHING
    wanted: NDArray[np.bool_] | None = None
    shown: NDArray[np.float32] | None = None
    opened: InternalIds = field(default_factory=lambda: NO_TITLES)
    speech: Speech = IN_ENGLISH
