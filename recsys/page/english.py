"""All that a page says, in the language that every other is measured by: each must have these words, and no more."""

from __future__ import annotations

from typing import Final

ROWS: Final = {
    "continue-watching": "Continue watching",
    "top-picks": "Top picks for you",
    "because-watched": "Because you watched {name}",
    "because-liked": "Because you liked {name}",
    "trending": "Trending now",
    "my-list": "My list",
    "new": "New",
    "new-for-you": "New for you",
    "hidden-gems": "Hidden gems",
    "leaving-soon": "Leaving soon",
    "watch-again": "Watch again",
    "kids": "Popular among kids",
    "catalog": "All there is",
}
"""Names of rows."""

REASONS: Final = {
    "continue-watching": "What you have begun",
    "top-picks": "From the {n} titles you watched or liked",
    "top-picks-of-one": "From what you watched",
    "because": "They have much in common with {name}",
    "trending": "What many are watching now",
    "trending-in-region": "What many in your region are watching now",
    "my-list": "What you put on your list",
    "new": "The newest titles",
    "new-for-you": "The newest titles, those nearest to your taste first",
    "hidden-gems": "Close to your taste, and watched by few",
    "leaving-soon": "To be watched within {days} days",
    "watch-again": "What you watched to the end and liked",
    "kids": "What is watched most of what is for children",
    "genre": "{name} is {share} of what you watch",
    "genre-of-many": "The most watched of {name}",
}
"""Why rows are there."""

SOURCES: Final = {
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
    "other": "Picked for you",
}
"""What it means to a viewer what proposed a title."""

SENTENCES: Final = {
    "and": "{one} and {other}",
    "because": "Because you watched {names}",
    "because-like": "Because it is much like {names}, which you watched",
    "many": "Many are watching it now",
    "many-in-region": "Many in your region are watching it now",
    "too-many": "{because}, and many are watching it",
    "too-many-in-region": "{because}, and many in your region are watching it",
    "region": "It may be shown in {region}",
    "everywhere": "It may be shown everywhere",
    "until": "It may be shown until {date}",
    "stays": "It is here to stay",
    "age": "It is for {age} years and older",
    "every-age": "It is for everyone",
    "filter": "It is what you asked for",
    "no-filter": "It is not what you asked for",
    "excluded": "You asked for it to be left out",
    "not-excluded": "It is not among what is to be left out",
    "more": "You asked for more of its kind",
    "less": "You asked for less of its kind",
    "never": "You asked for none of its kind",
    "turned-down": "You turned it down",
    "known": "You know it already",
    "not-known": "It is new to you",
    "day": "{day} {month} {year}",
}
"""Parts of an explanation."""

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
