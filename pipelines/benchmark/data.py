"""A data set as a protocol poses it: what is learned from, who is asked, and what is to be found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recsys.interactions import Histories
from recsys.split import Split
from recsys.titles import Titles

Part = Literal["test", "validation"]
"""What is to be found: what is reported, or what hyperparameters are chosen on."""


@dataclass(frozen=True, slots=True)
class Data:
    """A data set cut for a protocol.

    Attributes
    ----------
    name : str
        The folder's.
    split : Split
    titles : Titles
    test_sha256 : str
        Of the lines ``viewer title`` of all that is to be found.
    offered : Histories, optional
        The titles among which each asked viewer's are to be found; by default the whole catalog.
    facts : dict
        What else is needed to run it again.
    """

    name: str
    split: Split
    titles: Titles
    test_sha256: str
    offered: Histories | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A hash of all that a model gets to see and is judged by, 16 hex digits."""
        digest = hashlib.blake2b(self.test_sha256.encode(), digest_size=8)
        split = self.split
        for one in (split.train.histories, split.histories, self.offered):
            _add(digest, one)
        for ids in (split.train.viewer_ids.values, split.train.title_ids.values, split.viewers):
            digest.update("\0".join([*ids.tolist(), "\0"]).encode())
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.titles.table.schema) as stream:
            stream.write_table(self.titles.table)
        digest.update(sink.getvalue())
        return digest.hexdigest()


def _add(digest: hashlib.blake2b, histories: Histories | None) -> None:
    """Add all that histories hold, each array after its length and kind."""
    for one in () if histories is None else fields(histories):
        array = np.asarray(getattr(histories, one.name))
        digest.update(f"{one.name} {array.shape} {array.dtype}\0".encode())
        digest.update(array.tobytes())
    digest.update(b"\1")


def counts(split: Split) -> dict[str, Any]:
    """Return the sizes of a split, as every benchmark's answer has them."""
    return {
        "train_interactions": len(split.train),
        "titles": len(split.train.title_ids),
        "viewers": len(split.viewers),
        "cold_viewers": int(np.count_nonzero(split.histories.lengths == 0)),
        "held_out": len(split.held_out.titles),
    }


def sha256_by_number(split: Split) -> str:
    """Return the SHA-256 of the lines ``viewer title`` of what is to be found, by viewer, then title.

    Ids that are all numbers are in the order of numbers, others in that of text.
    """
    held_out = split.held_out
    titles = _places(split.train.title_ids.values)[held_out.titles]
    order = np.lexsort((titles, _places(split.viewers)[held_out.viewers]))
    lines = np.array(_lines(split), object)[order]
    return hashlib.sha256("\n".join(lines.tolist()).encode()).hexdigest()


def sha256_by_text(split: Split) -> str:
    """Return the SHA-256 of the sorted lines ``viewer title`` of what is to be found."""
    return hashlib.sha256("\n".join(sorted(_lines(split))).encode()).hexdigest()


def _lines(split: Split) -> list[str]:
    viewers = split.viewers[split.held_out.viewers].tolist()
    titles = split.train.title_ids.values[split.held_out.titles].tolist()
    return [f"{viewer} {title}" for viewer, title in zip(viewers, titles, strict=True)]


def _places(ids: NDArray[np.object_]) -> NDArray[np.int64]:
    # More digits than a 64-bit number surely holds are text.
    if all(one.isdecimal() and len(one) <= 18 for one in ids.tolist()):
        return ids.astype(np.int64)
    return np.argsort(np.argsort(ids, kind="stable"), kind="stable")
