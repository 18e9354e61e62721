"""One typing error in a text: a wrong letter, a lost one, one too many, or two that changed places."""

from __future__ import annotations

import string
import unicodedata
from typing import Final

import numpy as np

SHORTEST: Final = 5
"""Letters of a title in which an error is made."""
KINDS: Final = ("substitution", "deletion", "insertion", "transposition")


def mistyped(text: str, rng: np.random.Generator) -> str:
    """Return a text with one error, drawn evenly among the kinds and the places of letters.

    Spaces and signs stay where they are. What changes places are two neighbours that differ, and a new letter
    differs from the old one, so that the text is never the same.

    Parameters
    ----------
    text : str
        With at least ``SHORTEST`` letters.
    rng : numpy.random.Generator
    """
    places = [at for at, one in enumerate(text) if one.isalnum()]
    kind = KINDS[rng.integers(len(KINDS))]
    pairs = [at for at in places if at + 1 in places and text[at].lower() != text[at + 1].lower()]
    if kind == "transposition" and pairs:
        at = pairs[rng.integers(len(pairs))]
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    at = places[rng.integers(len(places))]
    if kind == "deletion":
        return text[:at] + text[at + 1 :]
    old = unicodedata.normalize("NFKD", text[at]).lower()[0]
    letters = [one for one in string.ascii_lowercase if one != old]
    new = letters[rng.integers(len(letters))]
    return text[:at] + new + text[at + (kind != "insertion") :]


def can_be_mistyped(text: str) -> bool:
    """Return whether a title has enough letters."""
    return sum(one.isalnum() for one in text) >= SHORTEST
