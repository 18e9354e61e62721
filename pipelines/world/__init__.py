"""The demo world: a catalog, viewers and their sessions, made from a seed, with the truth written beside it."""

from pipelines.world.make import make
from pipelines.world.truth import Truth

__all__ = ["Truth", "make"]
