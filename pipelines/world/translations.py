"""Names of some strands' titles in a second language, read off the names by the grammar that made them: nothing is drawn."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pipelines.world.names import EPISODE, MOMENTS, MOVIE, SERIES
from pipelines.world.strands import Strand, strands
from recsys.schema import TitleType

_GRAMMARS: Final = {
    TitleType.MOVIE: MOVIE,
    TitleType.SERIES: SERIES,
    TitleType.EPISODE: EPISODE,
}
_NUMERAL: Final = r"(?P<numeral> (?:[IVX]+|[0-9]+))?"
"""What a sequel is numbered with."""


def translations(name: str, strand: Strand, kind: TitleType) -> list[dict[str, str | None]]:
    """Return what TITLES says of a name in other languages: nothing of strands whose words are in no other.

    Parameters
    ----------
    name : str
        As ``Names`` composed it.
    strand : Strand
    kind : TitleType
    """
    translated = _norwegian(name, strand, kind)
    if translated is None:
        return []
    return [{"language": _words()["language"], "name": translated, "description": None}]


def _norwegian(name: str, strand: Strand, kind: TitleType) -> str | None:
    words = _words()
    known = words["strands"].get(strand.key)
    if known is None or kind not in _GRAMMARS:
        return None
    for pattern, form in _forms(strand.key, kind):
        if (found := form.fullmatch(name)) is not None:
            said = {key: value for key, value in found.groupdict().items() if value}
            made = words["patterns"][pattern].format_map(_gaps(said, known, words["moments"]))
            return f"{made[0].upper()}{made[1:]}{said.get('numeral', '')}"
    return None


def _gaps(
    said: dict[str, str], known: dict[str, dict[str, Any]], moments: dict[str, str]
) -> dict[str, str]:
    """Return the words of a name, by the gap of the pattern that each fills."""
    gaps: dict[str, str] = {}
    for gap in ("n2", "n"):
        if gap in said:
            gaps["the"], gaps[gap] = known["nouns"][said[gap]]
    if "p" in said:
        # A name begins with a capital, whatever place it begins with.
        places = {place[0].upper() + place[1:]: both for place, both in known["places"].items()}
        gaps["in"], gaps["p"] = known["places"].get(said["p"]) or places[said["p"]]
    if "a" in said:
        gaps["a"] = known["adjectives"][said["a"]]
    if "m" in said:
        gaps["m"] = moments[said["m"]]
    return gaps


@cache
def _forms(key: str, kind: TitleType) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the patterns of a grammar, each with what fits it."""
    strand = next(one for one in strands() if one.key == key)
    words = {"a": strand.adjectives, "n": strand.nouns, "n2": strand.nouns, "m": MOMENTS}
    places = [*strand.places, *(place[0].upper() + place[1:] for place in strand.places)]
    gaps = {name: _any_of(name, several) for name, several in (words | {"p": places}).items()}
    return tuple(
        (pattern, re.compile(pattern.format_map(gaps) + _NUMERAL)) for pattern, _ in _GRAMMARS[kind]
    )


def _any_of(name: str, words: Iterable[str]) -> str:
    return f"(?P<{name}>{'|'.join(map(re.escape, words))})"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("pipelines.world") / "norwegian.toml").read_text(encoding="utf-8"))
