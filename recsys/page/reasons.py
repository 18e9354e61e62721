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
    "leaving": "Leaving soon",
    "genre": "From a genre you like",
    "catalog": "From the catalog",
    "begun": "You have begun it",
    "listed": "On your list",
    "finished": "You watched it to the end",
    "editorial": "Chosen by our editors",
    "promoted": "Promoted",
    "explored": "New, and not much watched yet",
}


def of_source(source: str) -> str:
    """Return what a title's source means to a viewer."""
    return _BY_SOURCE.get(source, "Picked for you")


def top_picks(n_watched: int) -> str:
    """Return why the picks are what they are."""
    return (
        f"From the {n_watched} titles you watched or liked"
        if n_watched > 1
        else "From what you watched"
    )


def because_you_watched(name: str) -> str:
    """Return why titles like one that was watched are shown."""
    return f"They have much in common with {name}"


def genre(name: str, share: float) -> str:
    """Return why a genre has a row; ``share`` is its part of what the viewer watched, in [0, 1].

    Examples
    --------
    >>> genre("Drama", 0.42), genre("Drama", 0.0)
    ('Drama is 42 % of what you watch', 'The most watched of Drama')
    """
    if not share:
        return f"The most watched of {name}"
    return f"{name} is {share:.0%} of what you watch".replace("%", " %")


def trending(region: str) -> str:
    """Return whose watching makes a trend; "" is nobody's region."""
    return "What many in your region are watching now" if region else "What many are watching now"


def leaving(days: int) -> str:
    """Return by when titles go."""
    return f"To be watched within {days} days"


NEW: Final = "The newest titles, those nearest to your taste first"
NEWEST: Final = "The newest titles"
CONTINUE: Final = "What you have begun"
LISTED: Final = "What you put on your list"
AGAIN: Final = "What you watched to the end and liked"
GEMS: Final = "Close to your taste, and watched by few"
KIDS: Final = "What is watched most of what is for children"
