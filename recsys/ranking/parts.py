"""The parts of a hybrid, told apart by what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from recsys.algorithm import Algorithm
from recsys.algorithms.popularity import Popularity
from recsys.errors import CapacityError, ConfigError
from recsys.interactions import Interactions
from recsys.titles import Titles
from recsys.vectors import VectorAlgorithm

Parts = Mapping[str, Algorithm]

CONTENT = "content"
"""The algorithm that knows titles alone."""


def check(parts: Parts, declared: Sequence[str]) -> None:
    """Raise ConfigError unless the parts are the declared ones, one of them popularity."""
    popular = any(isinstance(part, Popularity) for part in parts.values())
    if tuple(parts) != tuple(declared) or not popular:
        raise ConfigError(
            expected=f"the parts {list(declared)}, one of them popularity",
            got=list(parts),
            where="hybrid.parts",
        )


def popularity(parts: Parts) -> str:
    """Return the name of the part that answers for a viewer of whom nothing is known."""
    return next(name for name, part in parts.items() if isinstance(part, Popularity))


def popular(parts: Parts) -> Popularity:
    """Return that part itself."""
    return cast("Popularity", parts[popularity(parts)])


def remembering(parts: Parts, days: float) -> dict[str, Algorithm]:
    """Return the parts with the half-life of the popularity one replaced."""
    config = popular(parts).config.model_copy(update={"half_life_days": days})
    return {**parts, popularity(parts): Popularity(config)}


def content(parts: Parts) -> str | None:
    """Return the name of the part that knows titles alone, if there is one."""
    return next((name for name, part in parts.items() if part.name == CONTENT), None)


def collaborative(parts: Parts) -> list[str]:
    """Return the names of those that learn from others' histories; of all, if there are none."""
    others = {CONTENT, Popularity.name}
    return [name for name, part in parts.items() if part.name not in others] or list(parts)


def with_vectors(parts: Parts) -> dict[str, VectorAlgorithm]:
    """Return the parts whose titles an index can search."""
    return {name: part for name, part in parts.items() if isinstance(part, VectorAlgorithm)}


def fitted(
    parts: Parts, interactions: Interactions, titles: Titles
) -> tuple[dict[str, Algorithm], dict[str, Algorithm]]:
    """Return the parts fitted anew, and as they were those that refused for want of memory.

    Raises
    ------
    CapacityError
        If popularity, without which nothing can be answered, is among them.
    """
    able: dict[str, Algorithm] = {}
    refused: dict[str, Algorithm] = {}
    for name, part in parts.items():
        try:
            able[name] = fresh(part).fit(interactions, titles)
        except CapacityError:
            if isinstance(part, Popularity):
                raise
            refused[name] = part
    return able, refused


def fresh(part: Algorithm) -> Algorithm:
    """Return an unfitted model of the same hyperparameters."""
    return type(part)(part.config)
