"""The strands: clusters of titles with their words, colours and audience, as ``strands.toml`` declares them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from recsys.schema import MATURITY_AGES


@dataclass(frozen=True, slots=True)
class Strand:
    """One cluster of titles.

    Attributes
    ----------
    key, label : str
        As the file and as a reader calls it.
    genres, languages : list of str
        Main one first; languages in ISO 639-1.
    ages : list of float
        Weight of each maturity rating, in the order of ``schema.MATURITY_AGES``.
    series, live : float
        How readily the strand makes series and live events; 0 is never.
    motif, lettering : str
        How its posters are drawn.
    colours : list of str
        Ground, two middle tones, accent.
    adjectives, nouns, places, heroes, deeds, stakes, moods, keywords : list of str
        What names and descriptions are composed of.
    """

    key: str
    label: str
    genres: list[str]
    ages: list[float]
    series: float
    languages: list[str]
    motif: str
    colours: list[str]
    lettering: str
    adjectives: list[str]
    nouns: list[str]
    places: list[str]
    heroes: list[str]
    deeds: list[str]
    stakes: list[str]
    moods: list[str]
    keywords: list[str]
    live: float = 0.0

    @property
    def for_children(self) -> bool:
        """Is most of the strand meant for viewers of seven and younger."""
        young = sum(w for w, age in zip(self.ages, MATURITY_AGES.values(), strict=True) if age <= 7)
        return young > 0.7 * sum(self.ages) and "Animation" in self.genres


def words(name: str) -> dict[str, dict[str, list[str]]]:
    """Return one of the word lists that lie beside this module."""
    return tomllib.loads((files("pipelines.world") / name).read_text(encoding="utf-8"))


@cache
def strands() -> tuple[Strand, ...]:
    """Return all strands, in the file's order, which numbers the clusters of the truth."""
    declared = words("strands.toml")
    return tuple(Strand(key=key, **fields) for key, fields in declared.items())  # type: ignore[arg-type]
