"""From the text of a filter to what it says, every comparison checked against its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from recsys.ranking.filters.fields import FIELDS, MOMENTS, NUMBERS, SETS, WORDS, Value, moment
from recsys.ranking.filters.tokens import Token, tokens

Sign = Literal["=", "!=", "<", "<=", ">", ">="]

SIGNS: Final = ("=", "!=", "<", "<=", ">", ">=")
DEEPEST: Final = 50
"""Brackets and ``not`` within each other."""
MOST: Final = 1000
"""Values of one list."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A field beside one value."""

    field: str
    sign: Sign
    value: Value


@dataclass(frozen=True, slots=True)
class Among:
    """A field that has one of several values."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A title among those of the one who asks."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    one: Said


@dataclass(frozen=True, slots=True)
class All:
    """All of them."""

    several: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them."""

    several: tuple[Said, ...]


Said = Compared | Among | Held | Not | All | AnyOf


def parse(text: str) -> Said:
    """Read a filter.

    Parameters
    ----------
    text : str
        ``or`` of ``and`` of ``not`` of comparisons, in brackets where another order is meant.

    Returns
    -------
    Said

    Raises
    ------
    FilterError
        With the column, what was expected there and what came.

    Examples
    --------
    >>> parse("release_year >= 2015")
    Compared(field='release_year', sign='>=', value=2015.0)
    """
    return _Reader(tokens(text)).whole()


class _Reader:
    """Goes through the words once, one method for each thing that may come."""

    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    def whole(self) -> Said:
        said = self._either()
        if self._next.kind != "end":
            raise self._next.refused("and, or, or the end")
        return said

    @property
    def _next(self) -> Token:
        return self._words[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _comes(self, *texts: str) -> bool:
        """Take the next word if it is one of these."""
        found = self._next.kind in {"word", "mark"} and self._next.text in texts
        self._at += found
        return found

    def _either(self) -> Said:
        several = [self._both()]
        while self._comes("or"):
            several.append(self._both())
        return several[0] if len(several) == 1 else AnyOf(tuple(several))

    def _both(self) -> Said:
        several = [self._one()]
        while self._comes("and"):
            several.append(self._one())
        return several[0] if len(several) == 1 else All(tuple(several))

    def _one(self) -> Said:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._next.refused(f"at most {DEEPEST} brackets and nots within each other")
        said = self._inner()
        self._depth -= 1
        return said

    def _inner(self) -> Said:
        if self._comes("not"):
            return Not(self._one())
        if self._comes("("):
            said = self._either()
            if not self._comes(")"):
                raise self._next.refused("and, or, or )")
            return said
        return self._comparison()

    def _comparison(self) -> Said:
        field = self._take()
        if field.kind != "word" or field.text not in FIELDS:
            raise field.refused(f"not, ( or one of the fields {', '.join(FIELDS)}")
        if self._comes("not"):
            if not self._comes("in"):
                raise self._next.refused("in")
            return Not(self._membership(field.text))
        if self._comes("in"):
            return self._membership(field.text)
        return self._beside(field.text)

    def _beside(self, field: str) -> Compared:
        sign = self._take()
        fitting = SIGNS[:2] if field in WORDS else SIGNS
        if sign.text not in fitting or sign.kind != "mark":
            raise sign.refused(f"one of {' '.join(fitting)}, in or not in after {field}")
        return Compared(field, sign.text, self._value(field))  # type: ignore[arg-type]  # one of SIGNS

    def _membership(self, field: str) -> Among | Held:
        if field == "title" and self._comes(*SETS):
            return Held(self._words[self._at - 1].text)
        if not self._comes("["):
            sets = f" or one of {', '.join(SETS)}" if field == "title" else ""
            raise self._next.refused(f"a list in [ ]{sets}")
        values = [self._value(field)]
        while self._comes(","):
            values.append(self._value(field))
            if len(values) > MOST:
                raise self._next.refused(f"at most {MOST} values in a list")
        if not self._comes("]"):
            raise self._next.refused(", or ]")
        return Among(field, tuple(values))

    def _value(self, field: str) -> Value:
        token = self._take()
        if field in NUMBERS and token.kind == "number":
            return float(token.text)
        if field in WORDS and token.kind == "text":
            return token.text
        if field in MOMENTS and token.kind == "text" and (when := moment(token.text)) is not None:
            return when
        raise token.refused(_wanted(field))


def _wanted(field: str) -> str:
    if field in NUMBERS:
        return f"a number, as {field} is"
    if field in MOMENTS:
        return f'a moment such as "2026-03-01" or "2026-03-01T20:00:00", as {field} is'
    return f"a text in quotes, as {field} is"
