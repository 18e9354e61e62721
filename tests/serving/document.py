"""Reads ``docs/api.md``: which calls it tells of, and its lines as one script for bash.

A section ``### GET /path`` tells of a call. Each of its ``sh`` blocks is followed by a paragraph that begins with the status
that all requests of the block are answered with, such as **200**; other statuses that are told stand behind it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:8000"
"""Where the document finds the demo."""
_SECTION = re.compile(r"^#{2,3} (.+)\n", re.MULTILINE)
_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")
_BLOCK = re.compile(r"```sh\n(.*?)```\n(?:\*\*(\d{3})\*\*(.*?)(?:\n\n|\Z))?", re.DOTALL)
_STATUS = re.compile(r"(?<![\w.-])[2-5]\d\d(?![\w.-])")


@dataclass(frozen=True)
class Block:
    """Lines to type, and how their requests are answered."""

    section: str
    lines: str
    status: str
    told: frozenset[str]


def blocks() -> Iterator[Block]:
    """Every block of the document, in its order."""
    _, *parts = _SECTION.split(DOCUMENT.read_text())
    for section, text in zip(parts[::2], parts[1::2], strict=True):
        for lines, status, rest in _BLOCK.findall(text):
            told = {status, *_STATUS.findall(re.sub(r"`[^`]*`", "", rest))} - {""}
            yield Block(section, lines, status, frozenset(told))


def calls() -> list[str]:
    """Every call that has a section, such as ``get /health``."""
    titles = _SECTION.findall(DOCUMENT.read_text())
    found = filter(None, map(_CALL.fullmatch, titles))
    return [f"{one[1].lower()} {one[2]}" for one in found]


def everywhere() -> set[str]:
    """The statuses that any call may have, which the document tells once."""
    return set(re.findall(r"^\| (\d{3}) \|", DOCUMENT.read_text(), re.MULTILINE))


def script(address: str) -> str:
    """The whole document as one script; each block first says whose its requests are, and their status."""
    said = [
        f"export SECTION='{one.section}' STATUS='{one.status}'\n{one.lines}" for one in blocks()
    ]
    return "set -euo pipefail\n" + "\n".join(said).replace(ADDRESS, address)
