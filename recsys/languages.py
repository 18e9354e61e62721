"""Which language of those that there are is shown to one who reads several.

What is wanted falls back tag by tag: from ``pt-BR`` to ``pt``, then to what is wanted next, then to the original.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Final

ENGLISH: Final = "en"

LANGUAGE: Final = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
"""A tag of BCP 47 as it is written here: language, and perhaps script and region."""

MOST_WANTED: Final = 20
"""Languages of one request that are looked at, those wanted most."""
LONGEST_HEADER: Final = 500
"""Characters of an ``Accept-Language`` that are read: browsers send some fifty."""

_QUALITY: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_TAG: Final = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4})(?=-|$))?(?:-([a-z]{2}|[0-9]{3})(?=-|$))?(?:-[a-z0-9-]+)?",
    re.IGNORECASE,
)
_WIDER: Final = {"no": "nb"}
"""What a language without a wider one of its own is read as: devices still name Norwegian so."""


def canonical(tag: str) -> str | None:
    """Return a tag as it is written here, ``None`` if it is none; what a region is followed by is left out.

    Examples
    --------
    >>> canonical("PT-br"), canonical("zh-hant-tw"), canonical("de-CH-1996"), canonical("*")
    ('pt-BR', 'zh-Hant-TW', 'de-CH', None)
    """
    found = _TAG.fullmatch(tag)
    if found is None:
        return None
    language, script, region = found.groups()
    parts = (language.lower(), script and script.title(), region and region.upper())
    return "-".join(part for part in parts if part)


def accepted(header: str) -> tuple[str, ...]:
    """Return the languages that an ``Accept-Language`` names, the most wanted first; what is no language is left out.

    Examples
    --------
    >>> accepted("en;q=0.5, nb-no, de;q=0.8, fr;q=0, *;q=0.1")
    ('nb-NO', 'de', 'en')
    """
    graded: list[tuple[float, int, str]] = []
    for part in header[:LONGEST_HEADER].split(","):
        name, *said = (word.strip() for word in part.split(";"))
        quality = _quality(said)
        if quality and (tag := canonical(name)) is not None:
            graded.append((-quality, len(graded), tag))
    return tuple(dict.fromkeys(tag for *_, tag in sorted(graded)))[:MOST_WANTED]


def _quality(said: list[str]) -> float:
    if not said:
        return 1.0
    found = _QUALITY.fullmatch(said[0])
    return 0.0 if found is None else float(found[1])


def wanted(*readings: Iterable[str]) -> tuple[str, ...]:
    """Return all tags to be tried, in their order: each that is wanted, followed by the wider ones of it.

    Parameters
    ----------
    *readings : iterable of str
        Tags, the most wanted first; those of the first go before those of the next.

    Examples
    --------
    >>> wanted(["pt-BR", "nb"], ["no", "nb"])
    ('pt-BR', 'pt', 'nb', 'no')
    """
    named = dict.fromkeys(tag for one in readings for tag in one)
    return tuple(
        dict.fromkeys(wider for tag in list(named)[:MOST_WANTED] for wider in _upward(tag))
    )


def _upward(tag: str) -> Iterator[str]:
    while tag:
        yield tag
        narrow, _, _ = tag.rpartition("-")
        tag = narrow or _WIDER.get(tag, "")


def spoken(tags: Iterable[str], known: Container[str], original: str) -> tuple[str, ...]:
    """Return those of ``wanted`` tags that there are, up to where the original is what is wanted.

    Parameters
    ----------
    tags : iterable of str
    known : container of str
        Languages into which anything is translated.
    original : str
        The language of what is not translated.

    Examples
    --------
    >>> spoken(("nb", "en-GB", "en", "de"), {"nb", "de"}, "en")
    ('nb',)
    """
    found = []
    for tag in tags:
        if tag == original:
            break
        if tag in known:
            found.append(tag)
    return tuple(found)
