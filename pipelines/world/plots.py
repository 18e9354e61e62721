"""Descriptions of three sentences: who and where, what is at stake, and who made it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.world.strands import Strand
from recsys.schema import TitleType

NOUNS = {TitleType.MOVIE: "film", TitleType.SERIES: "series"}


def describe(
    rng: np.random.Generator,
    strand: Strand,
    kind: TitleType,
    name: str,
    *,
    cast: Sequence[str],
    director: str,
    keywords: Sequence[str],
) -> str:
    """Compose the description of a movie, series or live event from its own name, cast and keywords."""
    named = [place for place in strand.places if place in name]
    place, hero = _pick(rng, named or strand.places), _pick(rng, strand.heroes)
    if kind == TitleType.LIVE:
        what = "concert" if "Music" in strand.genres else "match"
        mood = _pick(rng, strand.moods)
        return (
            f"The whole {what}, live from {place}, without a break. "
            f"{cast[0]} and {cast[1]} are in the thick of it. "
            f"{_capital(_article(mood))} evening of {keywords[0]} and {keywords[1]}, "
            f"produced by {director}."
        )
    deed = _pick(rng, strand.deeds)
    opening = f"In {place}, {hero} {deed}." if rng.random() < 0.6 else f"{_capital(hero)} {deed}."
    made = _credits(rng, strand, NOUNS[kind], cast=cast, director=director, keywords=keywords)
    return f"{opening} {_pick(rng, strand.stakes)}. {made}"


def episode(rng: np.random.Generator, strand: Strand, series: str, number: int) -> str:
    """Compose the description of an episode, two sentences."""
    place, hero = _pick(rng, strand.places), _pick(rng, strand.heroes)
    first = (
        "The first step leads" if number == 1 else _pick(rng, ["A detour leads", "The trail leads"])
    )
    deed = _pick(rng, strand.deeds)
    return f"{first} to {place} in {series}, where {hero} {deed}. {_pick(rng, strand.stakes)}."


def _credits(
    rng: np.random.Generator,
    strand: Strand,
    noun: str,
    *,
    cast: Sequence[str],
    director: str,
    keywords: Sequence[str],
) -> str:
    mood = _pick(rng, strand.moods)
    genre = strand.genres[0].lower()
    if genre == "documentary":
        return (
            f"{_capital(_article(mood))} documentary {noun} about {keywords[0]} and {keywords[1]}, "
            f"told by {cast[0]} and directed by {director}."
        )
    if rng.random() < 0.5:
        return f"{cast[0]} and {cast[1]} lead {_article(mood)} {genre} {noun} from {director}."
    return (
        f"{_capital(_article(mood))} {noun} of {keywords[0]} and {keywords[1]} by {director}, "
        f"with {cast[0]}."
    )


def _pick(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
