"""The tiers on offer, as a reviewed file declares them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recsys.tomlfile import read_toml


class Tier(BaseModel):
    """What one may subscribe to.

    Attributes
    ----------
    id, name : str
    price : Decimal
        A month, in the currency of the file.
    quality : str
        The best picture.
    streams : int
        How many may play at once.
    downloads : int
        Titles that may lie on devices.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=50)]
    price: Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
    quality: Literal["SD", "HD", "FHD", "UHD"]
    streams: Annotated[int, Field(ge=1, le=100)]
    downloads: Annotated[int, Field(ge=0, le=10_000)]


class Tiers(BaseModel):
    """All tiers, the smallest first.

    Attributes
    ----------
    currency : str
        ISO 4217.
    tiers : tuple of Tier
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file.

        Raises
        ------
        ConfigError
            If it is missing, or does not declare tiers.
        """
        return read_toml(path, cls, "the tiers of subscriptions")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        ids, prices = [tier.id for tier in self.tiers], [tier.price for tier in self.tiers]
        if len(set(ids)) < len(ids) or prices != sorted(prices):
            raise ValueError("tiers of different ids, the cheapest first")
        return self

    def named(self, tier_id: str) -> Tier | None:
        """Return a tier by its id, if it is on offer."""
        return next((tier for tier in self.tiers if tier.id == tier_id), None)

    def rank(self, tier_id: str | None) -> int:
        """Return a tier's place, -1 for one that is not on offer."""
        return next((at for at, tier in enumerate(self.tiers) if tier.id == tier_id), -1)
