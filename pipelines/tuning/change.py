"""A change of a declaration as a unified diff, its comments and order kept."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AbstractTable, Item, Whitespace

from pipelines.tuning.dimensions import Value

CONFIG = "config"


def changed(text: str, values: Mapping[str, Value], whole: Mapping[str, Any]) -> str:
    """Return the TOML of a declaration with other hyperparameters.

    Parameters
    ----------
    text : str
    values : mapping
        What changes, by paths such as ``ranker.leaves`` or ``fades.0``.
    whole : mapping
        All hyperparameters, defaults included: a list of which one number changes may stand nowhere yet.
    """
    document = tomlkit.parse(text)
    for path, value in values.items():
        *way, last = path.split(".")
        if CONFIG not in document:
            document.add(CONFIG, tomlkit.table())
        inner: Any = document[CONFIG]
        known: Any = whole
        for step in way:
            known = known[step]
            if step not in inner:
                _append(inner, step, list(known) if isinstance(known, list) else tomlkit.table())
            inner = inner[step]
        if isinstance(inner, list):
            inner[int(last)] = value
        elif last in inner:
            _replace(inner, last, value)
        else:
            _append(inner, last, value)
    return document.as_string()


def diff(path: Path, before: str, after: str) -> str:
    """Return a unified diff that ``git apply`` and ``patch -p1`` take; "" if nothing changes.

    The file is named as it is reached from where the program runs, or from the root if it lies elsewhere.
    """
    whole = path.resolve()
    here = Path.cwd()
    name = whole.relative_to(here) if whole.is_relative_to(here) else whole.relative_to("/")
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{name.as_posix()}",
        f"b/{name.as_posix()}",
    )
    # A line that ends its file without a newline has to say so.
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _replace(table: Any, key: str, value: Value) -> None:
    """Put a value in place of another, with the comment that stands behind it."""
    said, old = tomlkit.item(value), table[key]
    if isinstance(old, Item):
        said.trivia.comment, said.trivia.comment_ws = old.trivia.comment, old.trivia.comment_ws
    table[key] = said


def _append(table: Any, key: str, value: Any) -> None:
    """Add a key after the last one, before the blank lines that part the table from the next."""
    if not isinstance(table, AbstractTable) or isinstance(value, AbstractTable):
        table[key] = value
        return
    body = table.value.body
    end = len(body)
    while end and isinstance(body[end - 1][1], Whitespace):
        end -= 1
    blank = "".join(one.as_string() for _, one in body[end:])
    del body[end:]
    table.append(key, value)
    if blank:
        table.add(Whitespace(blank))
