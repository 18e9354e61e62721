"""What is indexed of each entry, and what the files of it are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

PLACE, NAME, JOINED, PEOPLE, ABOUT, EPISODE = (
    "place",
    "name",
    "joined",
    "people",
    "about",
    "episode",
)
TEXTS: Final = (NAME, JOINED, PEOPLE, ABOUT, EPISODE)


class Document(NamedTuple):
    """One entry; every text is words with spaces between."""

    place: int
    name: str = ""
    joined: str = ""
    people: str = ""
    about: str = ""
    episode: str = ""


def number(folder: Path) -> None:
    """Name the segments by their numbers instead of by chance, so that the same entries give the same bytes."""
    meta, managed = folder / "meta.json", folder / ".managed.json"
    told = meta.read_text()
    names = [str(one["segment_id"]) for one in json.loads(told)["segments"]]
    for at, old in enumerate(names, 1):
        new = str(UUID(int=at))
        told = told.replace(old, new)
        for path in folder.glob(f"{old.replace('-', '')}.*"):
            path.rename(folder / f"{new.replace('-', '')}{path.suffix}")
    meta.write_text(told)
    kept = [path.name for path in folder.iterdir() if path.suffix and path != managed]
    managed.write_text(json.dumps(sorted(one for one in kept if not one.startswith("."))))
