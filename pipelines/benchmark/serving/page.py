"""What a page of this service holds, read off real answers."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from pipelines.benchmark.serving.server import Server

LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Means over some viewers' pages.

    Attributes
    ----------
    rows, titles : float
        Of a page.
    degraded : list of str
        Parts that were missing from any.
    body : bytes
        The page of middling size.
    etag : bool
        Whether a page can be asked for again by its mark.
    """

    rows: float
    titles: float
    degraded: list[str]
    body: bytes
    etag: bool

    @classmethod
    def of(cls, server: Server, paths: list[str]) -> Page:
        """Look at the pages of some viewers."""
        answers = [server.get(path) for path in paths[:LOOKED_AT]]
        bodies = sorted((body for _, body in answers), key=len)
        pages = [json.loads(body) for body in bodies]
        return cls(
            rows=float(np.mean([len(page["rows"]) for page in pages])),
            titles=float(
                np.mean([sum(len(row["items"]) for row in page["rows"]) for page in pages])
            ),
            degraded=sorted({part for page in pages for part in page["degraded"]}),
            body=bodies[len(bodies) // 2],
            etag=all("etag" in headers for headers, _ in answers),
        )
