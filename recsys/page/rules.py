"""What people decide about titles: boosts and buries, promotions, caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from recsys.ids import InternalIds
from recsys.page.chosen import Chosen
from recsys.page.facts import Facts
from recsys.page.material import Material


class Boost(Chosen):
    """Some titles count for more than they appeal, or for less.

    Attributes
    ----------
    factor : float
        More than 1 boosts, less than 1 buries.
    """

    factor: float = Field(gt=0, le=1000)


class Promotion(Chosen):
    """Some titles get a share of the places in rows that recommend, and say so.

    Attributes
    ----------
    name : str
    share : float
        Of the places of each such row, at most; in (0, 0.5].
    """

    name: str = Field(min_length=1)
    share: float = Field(gt=0, le=0.5)


class Cap(BaseModel):
    """No more than so many titles with the same word within so many places of a row.

    Attributes
    ----------
    field : str
        ``genre``, ``keyword``, ``actor``, ``director``, ``language`` or ``type``.
    most : int
    within : int
        Consecutive places.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: Annotated[str, Field(pattern="^(genre|keyword|actor|director|language|type)$")]
    most: int = Field(ge=1)
    within: int = Field(ge=2)


def factors(boosts: Iterable[Boost], material: Material) -> NDArray[np.float32] | None:
    """Return what each title's appeal is multiplied by, float32 (n_titles,), or None for 1."""
    every: NDArray[np.float32] | None = None
    for boost in boosts:
        if boost.holds(material.context):
            every = np.ones(len(material.appeal), np.float32) if every is None else every
            every[boost.among(material.facts)] *= boost.factor
    return every


def promoted(promotion: Promotion, material: Material) -> InternalIds:
    """Return the titles of a promotion that may be shown here and now, the most appealing first."""
    if not promotion.holds(material.context):
        return np.empty(0, np.int32)
    (ids,) = np.nonzero(promotion.among(material.facts) & material.fresh)
    return ids[np.argsort(-material.appeal[ids], kind="stable")].astype(np.int32)


def places(share: float, n: int) -> list[int]:
    """Return which of ``n`` places a share of them takes: never the first, and evenly spread.

    Examples
    --------
    >>> places(0.25, 8), places(0.1, 8)
    ([3, 7], [])
    """
    return [at for at in range(n) if int((at + 1) * share) > int(at * share)]


def capped(ids: InternalIds, caps: Sequence[Cap], facts: Facts, n: int) -> NDArray[np.int64]:
    """Return the places of up to ``n`` titles in their order, without those that a cap keeps out."""
    if not caps:
        return np.arange(min(n, len(ids)))
    words = [facts.words_of(cap.field, ids) for cap in caps]
    kept: list[int] = []
    for at in range(len(ids)):
        if len(kept) == n:
            break
        if all(_fits(at, kept, of, cap) for cap, of in zip(caps, words, strict=True)):
            kept.append(at)
    return np.array(kept, np.int64)


def _fits(at: int, kept: list[int], words: list[frozenset[str]], cap: Cap) -> bool:
    window = kept[len(kept) - cap.within + 1 :] if len(kept) >= cap.within else kept
    counts = Counter(word for one in window for word in words[one])
    return all(counts[word] < cap.most for word in words[at])
