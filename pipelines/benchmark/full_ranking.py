"""A random part of each viewer's titles is to be found among all that is not in the other part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.benchmark.data import Data, Part, counts, sha256_by_number
from pipelines.benchmark.pairs import Ids, catalog_of, interactions
from recsys.errors import InputError
from recsys.split import Split, random_part
from recsys.titles import Titles

TRAIN, TEST = "train.txt", "test.txt"


def load(path: Path, *, part: Part = "test", seed: int = 0) -> Data:
    """Read ``train.txt`` and ``test.txt``: a line a viewer, ``user item item …``, all numbers.

    In which order a line lists its items says nothing, and no model gets to see it.

    Parameters
    ----------
    path : Path
    part : "test" or "validation"
        For validation a random 10 % of each viewer's training items are held out, and the test part is seen
        by nobody.
    seed : int
        By which those are drawn.

    Raises
    ------
    InputError
        If a file is missing or empty; a line is ragged; a viewer has two lines, an item twice, or test
        items without a training line.
    """
    train, test = _Lines.read(path / TRAIN), _Lines.read(path / TEST, may_be_bare=True)
    _check_apart(train, test)
    split = _split(train, test)
    if part == "validation":
        split = random_part(split.train, share=0.1, seed=seed)
    return Data(
        name=path.resolve().name,
        split=split,
        titles=Titles.bare(split.train.title_ids),
        test_sha256=sha256_by_number(split),
        facts={"part": part, **counts(split)},
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a file.

    Attributes
    ----------
    path : Path
    owners : int64 (n_lines,)
        The viewer of each line.
    lines : int64 (n_pairs,)
        The line of each item.
    items : int64 (n_pairs,)
    """

    path: Path
    owners: NDArray[np.int64]
    lines: NDArray[np.int64]
    items: NDArray[np.int64]

    @classmethod
    def read(cls, path: Path, *, may_be_bare: bool = False) -> _Lines:
        numbers, lengths = _numbers(path)
        least = 1 if may_be_bare else 2
        _refuse(path, np.flatnonzero(lengths < least), f"at least {least} numbers", lengths)
        first = np.zeros(len(numbers), np.bool_)
        first[np.cumsum(lengths) - lengths] = True
        lines = np.repeat(np.arange(len(lengths)), lengths - 1)
        found = cls(path, numbers[first], lines, numbers[~first])
        again = pd.Series(found.owners).duplicated().to_numpy()
        _refuse(path, np.flatnonzero(again), "one line a viewer", found.owners)
        again = pd.Series(found.keys(found.items.max(initial=0))).duplicated().to_numpy()
        _refuse(path, lines[again], "each item of a viewer once", "one twice")
        return found

    def keys(self, most: int) -> NDArray[np.int64]:
        """Return a number for each pair of viewer and item, where ``most`` is the largest item."""
        owners = pd.factorize(self.owners)[0]
        return owners[self.lines] * (most + 1) + self.items

    @property
    def pairs(self) -> tuple[Ids, Ids]:
        """The viewer and the item of each pair, as text."""
        return _text(self.owners)[self.lines], _text(self.items)


def _numbers(path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all numbers of a file, and how many stand in each line."""
    if not path.is_file():
        raise InputError(expected="lines of user and items", got="no file", where=path)
    try:
        lines = pa.array(path.read_text().splitlines(), pa.string())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(expected="a readable text file", got=error, where=path) from None
    if not len(lines):
        raise InputError(expected="at least one line", got="none", where=path)
    words = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(lines))
    lengths = pc.list_value_length(words).to_numpy().astype(np.int64)
    empty = pc.equal(pc.utf8_trim_whitespace(lines), "").to_numpy(zero_copy_only=False)
    lengths[empty] = 0
    _refuse(path, np.flatnonzero(empty), "a user and items", "an empty line")
    flat = pc.list_flatten(words)
    # Few enough digits for a 64-bit number.
    wrong = ~pc.match_substring_regex(flat, "^[0-9]{1,18}$").to_numpy(zero_copy_only=False)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        line = int(np.searchsorted(np.cumsum(lengths), at, side="right"))
        raise InputError(
            expected="whole numbers of at least 0",
            got=repr(flat[at].as_py()),
            where=f"{path}, line {line + 1}",
        )
    return flat.cast(pa.int64()).to_numpy(), lengths


def _text(numbers: NDArray[np.int64]) -> Ids:
    places, values = pd.factorize(numbers)
    return values.astype(str).astype(object)[places]


def _refuse(
    path: Path, lines: NDArray[np.int64], expected: str, got: str | NDArray[np.int64]
) -> None:
    """Raise InputError about the first of some lines, if there is one."""
    if len(lines):
        said = got if isinstance(got, str) else got[lines[0]]
        raise InputError(expected=expected, got=said, where=f"{path}, line {lines[0] + 1}")


def _check_apart(train: _Lines, test: _Lines) -> None:
    """Raise InputError if a viewer has test items alone, or an item in both parts."""
    new = np.flatnonzero(~np.isin(test.owners, train.owners))
    _refuse(test.path, new, f"a viewer with a line in {train.path.name}", test.owners)
    rows = pd.Index(train.owners).get_indexer(pd.Index(test.owners))
    most = max(train.items.max(), test.items.max(initial=0))
    both = np.isin(rows[test.lines] * (most + 1) + test.items, train.keys(most))
    _refuse(test.path, test.lines[both], f"items that are not in {train.path.name}", "one that is")


def _split(train: _Lines, test: _Lines) -> Split:
    learned, asked = train.pairs, test.pairs
    catalog = catalog_of(learned[1], asked[1])
    known, held_out = (interactions(*pairs, catalog) for pairs in (learned, asked))
    rows = known.viewer_ids.internal(held_out.viewer_ids.values)
    return Split(
        train=known,
        histories=known.histories.take(rows.astype(np.int64)),
        held_out=held_out.histories,
        viewers=held_out.viewer_ids.values,
        moment=known.histories.occurred_at.max(),
    )
