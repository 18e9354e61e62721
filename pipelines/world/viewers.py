"""Who watches: region, age limit, consent, how often, and the devices they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.world.almanac import REGION_SHARES, REGIONS
from pipelines.world.streams import Bools, Floats, Ints, hexes, stream
from recsys.schema import DEVICE_TYPES, VIEWERS

CHILDREN, REFUSING, LATE = 0.1, 0.03, 0.2
"""Shares of children's profiles, of viewers without consent, of those who join after the first day."""

VISITS, VISITS_SPREAD, VISITS_MOST = 0.14, 1.0, 2.2
"""Median sessions a day, the spread of their logarithm, and the most."""

NO_LIMIT = 99
"""Years; the age limit of a viewer who has none."""


@dataclass(frozen=True, slots=True)
class Viewers:
    """All viewers, in the order of their ids.

    Attributes
    ----------
    ids : list of str
    region : int64 (n,)
        Row of ``almanac.REGIONS``.
    age_limit : int64 (n,)
        ``NO_LIMIT`` for grown-ups.
    consent : bool (n,)
    visits : float64 (n,)
        Expected sessions a day, heavy-tailed.
    joined_day : int64 (n,)
    devices : list of str
        Device ids, four a viewer in the order of ``schema.DEVICE_TYPES``.
    addresses : list of str
        Of the ranges reserved for documentation (RFC 5737, RFC 3849).
    """

    ids: list[str]
    region: Ints
    age_limit: Ints
    consent: Bools
    visits: Floats
    joined_day: Ints
    devices: list[str]
    addresses: list[str]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def children(self) -> Bools:
        """Which profiles have an age limit, shape (n,)."""
        return self.age_limit < NO_LIMIT

    def table(self) -> pa.Table:
        """Return the viewers as a table of the VIEWERS schema."""
        return pa.table(
            {
                "viewer_id": self.ids,
                "consent": self.consent,
                "region": [REGIONS[region] for region in self.region],
                "maximum_age": pa.array(self.age_limit, mask=~self.children).cast(pa.int32()),
            },
            schema=VIEWERS,
        )


def viewers(seed: int, n: int, days: int) -> Viewers:
    """Draw the viewers; an id is a number and enough chance that a scan finds it by no accident."""
    rng = stream(seed, "viewers")
    width = max(6, len(str(n)))
    child = rng.random(n) < CHILDREN
    joined = np.where(rng.random(n) < LATE, rng.integers(1, days, n), 0)
    visits = VISITS * np.exp(rng.normal(0, VISITS_SPREAD, n))
    return Viewers(
        ids=[f"viewer-{k:0{width}d}-{tail}" for k, tail in enumerate(hexes(rng, n, 10))],
        region=rng.choice(len(REGIONS), n, p=REGION_SHARES),
        age_limit=np.where(child, rng.choice([7, 12], n, p=[0.6, 0.4]), NO_LIMIT),
        consent=rng.random(n) >= REFUSING,
        visits=np.minimum(visits, VISITS_MOST),
        joined_day=joined,
        devices=[f"device-{word}" for word in hexes(rng, n * len(DEVICE_TYPES), 16)],
        addresses=_addresses(rng, n),
    )


def _addresses(rng: np.random.Generator, n: int) -> list[str]:
    """Give half of the viewers an IPv4 address, which some share, and half an IPv6 one of their own."""
    nets = ("192.0.2", "198.51.100", "203.0.113")
    net, host, new = rng.integers(0, 3, n), rng.integers(1, 255, n), rng.random(n) < 0.5
    return [
        f"2001:db8:{tail[:4]}:{tail[4:]}::1" if new[k] else f"{nets[net[k]]}.{host[k]}"
        for k, tail in enumerate(hexes(rng, n, 8))
    ]
