"""Why a title is recommended and what rules touched it, each as a sentence a viewer can read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from recsys.page import reasons

NAMED: Final = 2
"""Watched titles that a sentence names at most."""
LEAST_SHARE: Final = 0.1
"""A watched title that adds less of the whole is no reason that a viewer would see."""
FAMOUS: Final = 0.98
"""The share of titles that fewer watch, from which on many watch one."""

TURNED_DOWN: Final = "You turned it down"
NEVER: Final = "You asked for none of its kind"

_BY_CONTENT: Final = ("content", "content-map")
"""Parts that compare what titles are made of, not who watched them."""


def sentence(
    source: str, part: str, watched: Sequence[tuple[str, float]], *, fame: float, region: str
) -> str:
    """Return why a title is recommended.

    Parameters
    ----------
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
    >>> sentence("ease", "ease", [("Fjord", 0.6), ("Frost", 0.3)], fame=0.99, region="NO")
    'Because you watched Fjord and Frost, and many in your region are watching it'
    >>> sentence("content", "content", [("Fjord", 1.0)], fame=0.2, region="")
    'Because it is much like Fjord, which you watched'
    >>> sentence("popularity", "popularity", [], fame=0.99, region="")
    'Many are watching it now'
    """
    names = [name for name, share in watched if share >= LEAST_SHARE][:NAMED]
    crowd = f"many {'in your region ' if region else ''}are watching it"
    if not names:
        return f"M{crowd[1:]} now" if fame >= FAMOUS else reasons.of_source(source)
    listed = " and ".join(names)
    if part in _BY_CONTENT:
        because = f"Because it is much like {listed}, which you watched"
    else:
        because = f"Because you watched {listed}"
    return f"{because}, and {crowd}" if fame >= FAMOUS else because


def of_region(regions: Sequence[str], region: str) -> str:
    """Return where a title that is shown in a region may be shown, of other regions nothing."""
    return f"It may be shown in {region}" if regions else "It may be shown everywhere"


def of_window(until: datetime | None) -> str:
    """Return how long a title that is shown may be shown.

    Examples
    --------
    >>> of_window(datetime(2026, 5, 1))
    'It may be shown until 1 May 2026'
    """
    return f"It may be shown until {until.day} {until:%B %Y}" if until else "It is here to stay"


def of_maturity(age: int) -> str:
    """Return for whom a title is, by the youngest age that it is meant for."""
    return f"It is for {age} years and older" if age else "It is for everyone"


def of_filter(*, met: bool) -> str:
    """Return whether a title is among what was asked for."""
    return "It is what you asked for" if met else "It is not what you asked for"


def of_excluded(*, named: bool) -> str:
    """Return whether a title was to be left out."""
    return "You asked for it to be left out" if named else "It is not among what is to be left out"


def of_taste(*, more: bool) -> str:
    """Return what was said of a title's genre, of its people or of what it is about."""
    return f"You asked for {'more' if more else 'less'} of its kind"


def of_known(*, known: bool) -> str:
    """Return whether a title is new to the viewer, without which no list holds it."""
    return "You know it already" if known else "It is new to you"
