"""Why a title is recommended and what rules touched it, each as a sentence a viewer can read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from recsys.page.words import Words

NAMED: Final = 2
"""Watched titles that a sentence names at most."""
LEAST_SHARE: Final = 0.1
"""A watched title that adds less of the whole is no reason that a viewer would see."""
FAMOUS: Final = 0.98
"""The share of titles that fewer watch, from which on many watch one."""

_BY_CONTENT: Final = ("content", "content-map")
"""Parts that compare what titles are made of, not who watched them."""


def sentence(
    words: Words,
    source: str,
    part: str,
    watched: Sequence[tuple[str, float]],
    *,
    fame: float,
    region: str,
) -> str:
    """Return why a title is recommended.

    Parameters
    ----------
    words : Words
    source : str
        What proposed the title.
    part : str
        Whose score the watched titles share.
    watched : sequence of (str, float)
        Names and shares, largest first; what takes something away is not named.
    fame : float
        The share of titles that fewer watch, in [0, 1].
    region : str
        Where the viewer is; "" where unknown.

    Examples
    --------
    >>> from recsys.page.words import ENGLISH_WORDS as words
    >>> sentence(words, "ease", "ease", [("Fjord", 0.6), ("Frost", 0.3)], fame=0.99, region="NO")
    'Because you watched Fjord and Frost, and many in your region are watching it'
    >>> sentence(words, "content", "content", [("Fjord", 1.0)], fame=0.2, region="")
    'Because it is much like Fjord, which you watched'
    >>> sentence(words, "popularity", "popularity", [], fame=0.99, region="")
    'Many are watching it now'
    """
    said, where = words.sentences, "-in-region" if region else ""
    names = [name for name, share in watched if share >= LEAST_SHARE][:NAMED]
    if not names:
        return said[f"many{where}"] if fame >= FAMOUS else words.of_source(source)
    listed = names[0] if len(names) == 1 else words.both(*names)
    like = "because-like" if part in _BY_CONTENT else "because"
    because = said[like].format(names=listed)
    return said[f"too-many{where}"].format(because=because) if fame >= FAMOUS else because


def of_region(words: Words, regions: Sequence[str], region: str) -> str:
    """Return where a title that is shown in a region may be shown, of other regions nothing."""
    if not regions:
        return words.sentences["everywhere"]
    return words.sentences["region"].format(region=region)


def of_window(words: Words, until: datetime | None) -> str:
    """Return how long a title that is shown may be shown.

    Examples
    --------
    >>> from recsys.page.words import ENGLISH_WORDS
    >>> of_window(ENGLISH_WORDS, datetime(2026, 5, 1))
    'It may be shown until 1 May 2026'
    """
    if until is None:
        return words.sentences["stays"]
    parts = {"day": until.day, "month": words.months[until.month - 1], "year": until.year}
    return words.sentences["until"].format(date=words.sentences["day"].format(**parts))


def of_maturity(words: Words, age: int) -> str:
    """Return for whom a title is, by the youngest age that it is meant for."""
    return words.sentences["age"].format(age=age) if age else words.sentences["every-age"]


def of_filter(words: Words, *, met: bool) -> str:
    """Return whether a title is among what was asked for."""
    return words.sentences["filter" if met else "no-filter"]


def of_excluded(words: Words, *, named: bool) -> str:
    """Return whether a title was to be left out."""
    return words.sentences["excluded" if named else "not-excluded"]


def of_taste(words: Words, *, more: bool) -> str:
    """Return what was said of a title's genre, of its people or of what it is about."""
    return words.sentences["more" if more else "less"]


def of_known(words: Words, *, known: bool) -> str:
    """Return whether a title is new to the viewer, without which no list holds it."""
    return words.sentences["known" if known else "not-known"]
