"""Why a row or a title is on the page, in the viewer's words."""

from __future__ import annotations

from typing import Final

_BY_SOURCE: Final = {
    "als": "Viewers with your taste watch it",
    "bpr": "Viewers with your taste watch it",
    "ease": "Often watched by those who watched what you did",
    "item-knn": "Often watched by those who watched what you did",
    "content": "Much like what you watched",
    "content-map": "Close to your taste, by what it is about",
    "popularity": "Many are watching it now",
    "similar": "Much like it",
    "new": "New in the catalog",
    "genre": "From a genre you like",
    "catalog": "From the catalog",
}


def of_source(source: str) -> str:
    """Return what a title's source means to a viewer."""
    return _BY_SOURCE.get(source, "Picked for you")


def top_picks(n_watched: int) -> str:
    """Return why the picks are what they are."""
    return f"From the {n_watched} titles you watched" if n_watched > 1 else "From what you watched"


def because_you_watched(name: str) -> str:
    """Return why titles like one that was watched are shown."""
    return f"They have much in common with {name}"


def genre(name: str, share: float, source: str) -> str:
    """Return why a genre has a row; ``share`` is its part of what the viewer watched, in [0, 1].

    Where the viewer watched none of it, what proposed its titles is the reason.

    Examples
    --------
    >>> genre("Drama", 0.42, "als")
    'Drama is 42 % of what you watch'
    >>> genre("Drama", 0.0, "popularity")
    'Many are watching it now'
    """
    if not share:
        return of_source(source)
    return f"{name} is {share:.0%} of what you watch".replace("%", " %")


NEW: Final = "The newest titles, those nearest to your taste first"
NEWEST: Final = "The newest titles"
TRENDING: Final = "What everybody is watching now"
