"""Answers as they are sent: tagged by their bytes, so that who has them already is told so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from starlette.responses import Response

from recsys.languages import ENGLISH

ACCEPTED: Final = "Accept-Language"
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
    language : str
        For whom it is, as ``Content-Language`` says it.
    """

    body: bytes
    tag: str
    until: float
    language: str = ENGLISH


Answer_co = TypeVar("Answer_co", covariant=True)


class Told(NamedTuple, Generic[Answer_co]):
    """An answer, and for readers of which language it is."""

    answer: Answer_co
    language: str


def tag_of(body: bytes) -> str:
    """Return what tells these bytes from any others."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def in_language(language: str) -> dict[str, str]:
    """Return the headers of an answer that is other in another language."""
    return {"Content-Language": language, "Vary": ACCEPTED}


def sent(
    kept: Kept, if_none_match: str | None, who_keeps: str = PRIVATE, *, vary: str = ""
) -> Response:
    """Return an answer as it is sent, or that it is still what the client has.

    Parameters
    ----------
    kept : Kept
    if_none_match : str, optional
        What the client has.
    who_keeps : str
        ``Cache-Control``.
    vary : str
        The header of the request on which it depends besides ``Accept-Language``.
    """
    headers = {
        "ETag": kept.tag,
        "Cache-Control": who_keeps,
        "Content-Language": kept.language,
        "Vary": f"{vary}, {ACCEPTED}" if vary else ACCEPTED,
    }
    if if_none_match is not None and kept.tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(kept.body, headers=headers, media_type="application/json")
