"""What tantivy is given of each entry, and how it is written down."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import tantivy

PLACE, NAME, JOINED, PEOPLE, ABOUT, EPISODE = (
    "place",
    "name",
    "joined",
    "people",
    "about",
    "episode",
)
TEXTS: Final = (NAME, JOINED, PEOPLE, ABOUT, EPISODE)
MEMORY: Final = 256_000_000
"""Bytes that a build may hold before it writes a part."""
LITTLE: Final = 16_000_000
"""The same, of what is made in memory."""


class Document(NamedTuple):
    """One entry; every text is words with spaces between."""

    place: int
    name: str = ""
    joined: str = ""
    people: str = ""
    about: str = ""
    episode: str = ""


def write(folder: Path, documents: Iterable[Document]) -> None:
    """Write an index into an empty folder."""
    fill(tantivy.Index(schema(), path=str(folder)), documents, MEMORY)
    _number(folder)


def fill(index: tantivy.Index, documents: Iterable[Document], memory: int) -> None:
    """Write entries into an index that is empty."""
    # One thread, so that the order of entries with equal scores does not depend on chance.
    writer = index.writer(memory, num_threads=1)
    for document in documents:
        made = tantivy.Document()
        made.add_unsigned(PLACE, document.place)
        for field, text in zip(TEXTS, document[1:], strict=True):
            if text:
                made.add_text(field, text)
        writer.add_document(made)
    writer.commit()
    writer.wait_merging_threads()


def _number(folder: Path) -> None:
    """Name the segments by their numbers instead of by chance, so that the same entries give the same bytes."""
    meta, managed = folder / "meta.json", folder / ".managed.json"
    told = meta.read_text()
    names = [str(one["segment_id"]) for one in json.loads(told)["segments"]]
    for number, old in enumerate(names, 1):
        new = str(UUID(int=number))
        told = told.replace(old, new)
        for path in folder.glob(f"{old.replace('-', '')}.*"):
            path.rename(folder / f"{new.replace('-', '')}{path.suffix}")
    meta.write_text(told)
    kept = [path.name for path in folder.iterdir() if path.suffix and path != managed]
    managed.write_text(json.dumps(sorted(one for one in kept if not one.startswith("."))))


def schema() -> tantivy.Schema:
    """Return the fields of an index."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(PLACE, fast=True)
    for field in TEXTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
