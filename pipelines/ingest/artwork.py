"""Posters from a data set into the store, each whole or not at all."""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path


def copy_artwork(source: Path, target: Path) -> None:
    """Copy every file below ``source`` to its place below ``target``, unless it is there already."""
    posters = [path for path in source.rglob("*") if path.is_file()]
    copies = {
        poster: copy
        for poster in sorted(posters)
        if not _same(poster, copy := target / poster.relative_to(source))
    }
    if not copies:
        return
    for poster, copy in copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(poster, _beside(copy))
    os.sync()  # once for all, where a call for each of thousands of posters would take seconds
    for copy in copies.values():
        _beside(copy).replace(copy)


def _same(poster: Path, copy: Path) -> bool:
    return copy.is_file() and filecmp.cmp(poster, copy, shallow=False)


def _beside(copy: Path) -> Path:
    """Return where a copy is written; what a killed run left there is written over by the next."""
    return copy.with_name(f".{copy.name}.part")
