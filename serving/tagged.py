"""Answers as they are sent: tagged by their bytes, so that who has them already is told so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

PRIVATE: Final = "private, no-cache"
"""Kept by the one who asked alone, who asks each time whether it still holds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was sent.

    Attributes
    ----------
    body : bytes
    tag : str
        Of exactly these bytes, for ``If-None-Match``.
    until : float
        When it may not be sent any more, as ``time.monotonic`` counts.
    """

    body: bytes
    tag: str
    until: float


def tag_of(body: bytes) -> str:
    """Return what tells these bytes from any others."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def sent(
    kept: Kept, if_none_match: str | None, who_keeps: str = PRIVATE, *, vary: str | None = None
) -> Response:
    """Return an answer as it is sent, or that it is still what the client has.

    Parameters
    ----------
    kept : Kept
    if_none_match : str, optional
        What the client has.
    who_keeps : str
        ``Cache-Control``.
    vary : str, optional
        The header of the request on which it depends.
    """
    headers = {"ETag": kept.tag, "Cache-Control": who_keeps}
    if vary is not None:
        headers["Vary"] = vary
    if if_none_match is not None and kept.tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(kept.body, headers=headers, media_type="application/json")
