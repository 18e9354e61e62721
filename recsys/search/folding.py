"""Text as search compares it: without case, accents and punctuation, in words; where none are parted, in pairs of letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

ARTICLES: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "il",
        "lo",
        "gli",
        "der",
        "das",
        "o",
        "os",
    ]
)
"""That may be left out where a name begins with them; not *die*, which is an English word too."""

ROMAN: Final = {
    numeral: str(number)
    for number, numeral in enumerate(
        [
            "ii",
            "iii",
            "iv",
            "v",
            "vi",
            "vii",
            "viii",
            "ix",
            "x",
            "xi",
            "xii",
            "xiii",
            "xiv",
            "xv",
            "xvi",
            "xvii",
            "xviii",
            "xix",
            "xx",
        ],
        2,
    )
    if len(numeral) > 1
}
"""One letter alone is more often a letter than a number."""

_STROKES: Final = str.maketrans(
    {
        "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None,
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
    }
)  # fmt: skip
"""Letters that writers take for each other and Unicode does not take apart."""


def _ranges(codes: Iterable[int]) -> str:
    """Return characters as what stands between the brackets of a regular expression."""
    found: list[list[int]] = []
    for code in codes:
        if found and code == found[-1][1] + 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in found)


_MARKS: Final = _ranges(c for c in range(0x300, 0xFE30) if unicodedata.category(chr(c))[0] == "M")
_DENSE: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003134f"
)
"""Scripts that do not part words by spaces, or join what belongs to another word: Thai to Myanmar, CJK, Hangul."""

_APART: Final = re.compile(f"([{_DENSE}{_MARKS}]*[{_DENSE}][{_DENSE}{_MARKS}]*)")
_WORD: Final = re.compile(
    rf"(?:[^\W_]\.){{2,}}[^\W_]?(?!\w)|[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}'’ʼ]+[^\W_]+)*[{_MARKS}]*|&"
)
_LOUD: Final = re.compile(rf"['’ʼ.{_MARKS}]")
_PLAIN: Final = re.compile(r"(?:[a-z0-9]\.){2,}[a-z0-9]?(?![a-z0-9])|[a-z0-9]+(?:'[a-z0-9]+)*|&")

_BRACKETS: Final = re.compile(r"\s[(（]|（")
_ALIAS: Final = re.compile(r"^\s*a\.?k\.?a\.?\s", re.IGNORECASE)


class Word(NamedTuple):
    """A word of a text.

    Attributes
    ----------
    text : str
        Folded.
    start, end : int
        Where it stands in the text, in characters.
    dense : bool
        Whether its script leaves it open where words begin and end.
    """

    text: str
    start: int
    end: int
    dense: bool = False


def fold(text: str) -> str:
    """Return a text without case and accents.

    Marks are left out where a reader would look past them (accents, Hebrew points, Arabic vowels), and stay
    where another letter would be left (Japanese voicing, vowels of Indic scripts and of Thai).

    Examples
    --------
    >>> fold("Amélie"), fold("STRASSE") == fold("Straße"), fold("Ｍａｔｒｉｘ")
    ('amelie', True, 'matrix')
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in apart if not _looked_past(unicodedata.combining(one)))
    return unicodedata.normalize("NFC", bare).casefold().translate(_STROKES)


def _looked_past(combining: int) -> bool:
    return combining >= 200 or 10 <= combining <= 36


def words(text: str) -> list[Word]:
    """Return the words of a text, folded, with their places; a text of signs alone is one word.

    Examples
    --------
    >>> [word.text for word in words("Schindler's List & the A.I. of Rocky II")]
    ['schindlers', 'list', 'and', 'the', 'ai', 'of', 'rocky', '2']
    >>> [word.text for word in words("卧虎藏龙2")]
    ['卧虎藏龙', '2']
    """
    found: list[Word] = []
    plain = text.isascii()
    for match in (_PLAIN if plain else _WORD).finditer(text.lower() if plain else text):
        if plain:
            found.append(
                _said(match[0].replace("'", "").replace(".", ""), match, inner=bool(found))
            )
        else:
            found += _parted(match, inner=bool(found))
    if not found and (sign := fold(text.strip())):
        start = text.index(text.strip())
        return [Word(sign.replace(" ", ""), start, start + len(text.strip()))]
    return found


def folded(text: str) -> str:
    """Return the words of a text, folded, with one space between them."""
    return " ".join(word.text for word in words(text))


def spellings(name: str) -> list[str]:
    """Return the words of a name, folded, as a whole, and then of each of its names where it says others in brackets.

    Examples
    --------
    >>> spellings("Seven (a.k.a. Se7en)")
    ['seven aka se7en', 'seven', 'se7en']
    """
    whole = folded(name)
    parts = _BRACKETS.split(name)
    if len(parts) == 1:
        return [whole]
    others = [folded(_ALIAS.sub("", part)) for part in parts]
    return list(dict.fromkeys([whole, *(other for other in others if other)]))


def without_article(text: str) -> str:
    """Return folded words without an article at their beginning, if anything else is there."""
    first, _, rest = text.partition(" ")
    return rest if rest and first in ARTICLES else text


def grams(word: Word) -> list[str]:
    """Return what a word is found by: itself, or each pair of its letters where nothing parts words.

    Examples
    --------
    >>> grams(words("卧虎藏龙")[0]), grams(words("龙")[0])
    (['卧虎', '虎藏', '藏龙'], ['龙'])
    """
    if not word.dense or len(word.text) == 1:
        return [word.text]
    return [word.text[at : at + 2] for at in range(len(word.text) - 1)]


def _said(text: str, match: re.Match[str], *, inner: bool) -> Word:
    if text == "&":
        text = "and"
    elif inner:
        text = ROMAN.get(text, text)
    return Word(text, match.start(), match.end())


def _parted(match: re.Match[str], *, inner: bool) -> list[Word]:
    """Part a run of letters where its script changes between those that part words and those that do not."""
    found: list[Word] = []
    at = match.start()
    for piece in _APART.split(match[0]):
        if piece:
            quiet = _LOUD.sub(_quiet, piece)
            text, dense = fold(quiet), _APART.fullmatch(piece) is not None
            if not dense:
                text = "and" if text == "&" else ROMAN.get(text, text) if inner else text
            if text:
                found.append(Word(text, at, at + len(piece), dense))
            at += len(piece)
    return found


def _quiet(match: re.Match[str]) -> str:
    return match[0] if unicodedata.category(match[0])[0] == "M" else ""
