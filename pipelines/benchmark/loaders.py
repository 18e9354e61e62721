"""Which function reads and cuts the data of each protocol."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.benchmark import (
    cold,
    full_ranking,
    leave_last_out,
    ncf,
    strong_generalisation,
    temporal,
)
from pipelines.benchmark.data import Data

LOADERS: dict[str, Callable[..., Data]] = {
    "leave-last-out": leave_last_out.load,
    "ncf": ncf.load,
    "full-ranking": full_ranking.load,
    "strong-generalisation": strong_generalisation.load,
    "temporal": temporal.load,
    "cold-titles": cold.load,
}
"""By the protocol's name; each takes the folder and the protocol's options."""
