"""The words of a filter, each with the column where it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from recsys.errors import FilterError

Kind = Literal["text", "number", "word", "mark", "end"]

LONGEST: Final = 4000
"""Characters of a filter."""

_PATTERN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<mark><=|>=|!=|=|<|>|\(|\)|\[|\]|,)
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a filter.

    Attributes
    ----------
    kind : str
    text : str
        Of a text what stands between its quotes; of a word in small letters.
    column : int
        Where it begins, from 1.
    """

    kind: Kind
    text: str
    column: int

    @property
    def shown(self) -> str:
        """What it is in an error."""
        return {"end": "the end", "text": f'"{self.text}"'}.get(self.kind, self.text)

    def refused(self, expected: str) -> FilterError:
        """Return the error that something else was expected here."""
        return FilterError.at(self.column, expected, self.shown)


def tokens(text: str) -> list[Token]:
    """Cut a filter into its words; the last one is its end.

    Raises
    ------
    FilterError
        If there is a character that begins no word, a quote that is not closed, or too much of it all.
    """
    if len(text) > LONGEST:
        raise FilterError.at(
            LONGEST + 1, f"at most {LONGEST} characters", f"{len(text)} characters"
        )
    found: list[Token] = []
    place = 0
    while not found or found[-1].kind != "end":
        match = _PATTERN.match(text, place)
        if match is None or match.lastgroup is None:
            raise _strange(text, place)
        found.append(_token(match))
        place = match.end()
    return found


def _token(match: re.Match[str]) -> Token:
    kind: Kind = match.lastgroup  # type: ignore[assignment]  # one of the groups' names
    word = match.group(kind)
    if kind == "text":
        word = re.sub(r"\\(.)", r"\1", word[1:-1])
    return Token(kind, word.lower() if kind == "word" else word, match.start(kind) + 1)


def _strange(text: str, place: int) -> FilterError:
    begin = place + len(text[place:]) - len(text[place:].lstrip())
    if text[begin] in "\"'":
        return FilterError.at(begin + 1, f"a text that ends with {text[begin]}", "none to the end")
    end = re.compile(r"[^\s,()\[\]]+|.").match(text, begin)
    return FilterError.at(
        begin + 1,
        "a field, a text in quotes, a number, a comparison or a bracket",
        end.group() if end else text[begin],
    )
