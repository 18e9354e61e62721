"""Options that commands of this room have in common."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from recsys.errors import ConfigError


def _writable(option: typer.CallbackParam, path: Path | None) -> Path | None:
    """Refuse a place that could not be written to, before there is an answer that would be lost."""
    if path is not None:
        folder = next(one for one in path.absolute().parents if one.exists())
        if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            raise ConfigError(
                expected="a file that can be written", got=path, where=option.opts[-1]
            )
    return path


JsonFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--json", help="Write the answer there, for a program.", callback=_writable),
]

ListsFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--lists", help="Write all recommended lists there, as Parquet.", callback=_writable
    ),
]
