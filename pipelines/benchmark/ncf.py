"""One title of each viewer is to be found among itself and 99 that the viewer never watched."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.benchmark.data import Data, Part, counts, sha256_by_number
from pipelines.benchmark.offered import check_new, drawn, offered
from pipelines.benchmark.pairs import (
    Ids,
    catalog_of,
    check_once,
    described,
    ids_of,
    interactions,
    read_columns,
)
from recsys.errors import InputError
from recsys.ids import IdMap
from recsys.interactions import Histories, Interactions
from recsys.schema import TITLES
from recsys.split import Split, random_part
from recsys.titles import Titles

TRAIN, TEST, MOVIES = "train.parquet", "test.parquet", "item_to_movie_id.tsv"
USER, ITEM, NEGATIVES = "user", "item", "negatives"


def load(path: Path, *, part: Part = "test", seed: int = 0, metadata: Path | None = None) -> Data:
    """Read ``train.parquet`` (``user``, ``item``) and ``test.parquet`` (with ``negatives``, a list).

    Nothing is known of the order, and no model gets to see that of the file. A title that its own
    negatives list again is offered once, as in the published evaluation.

    Parameters
    ----------
    path : Path
        If ``item_to_movie_id.tsv`` is there and ``metadata`` is given, titles are described by it.
    part : "test" or "validation"
        For validation one random title of each viewer is held out of the training part, and offered among 99
        random ones that are not in it; the test part is seen by nobody.
    seed : int
        By which those are drawn.
    metadata : Path, optional
        A ``movie_metadata.parquet``.

    Raises
    ------
    InputError
        If a file or column is missing or empty; an id is negative; a viewer has a title twice, two test rows,
        no training row, or negatives or a test item that are in the training part; or ``item_to_movie_id.tsv`` has
        a line without two columns.
    """
    table = read_columns(path / TEST, (USER, ITEM, NEGATIVES))
    train = _pairs(path / TRAIN, read_columns(path / TRAIN, (USER, ITEM)))
    asked = _pairs(path / TEST, table)
    owners, others = _negatives(path / TEST, table, asked[0])
    catalog = catalog_of(train[1], asked[1], others)
    known = interactions(*train, catalog)
    split = _split(known, asked, path / TEST)
    if part == "test":
        viewers = np.concatenate([owners, asked[0]])
        offers = offered(viewers, np.concatenate([others, asked[1]]), catalog)
        check_new(offers, split, path / TEST)
    else:
        split = random_part(known, share=0, seed=seed)
        offers = drawn(known, split, seed)
    return Data(
        name=path.resolve().name,
        split=split,
        titles=_titles(path, catalog, metadata),
        test_sha256=sha256_by_number(split),
        offered=offers,
        facts={"part": part, "offered_sha256": _sha256(offers), **counts(split)},
    )


def _pairs(file: Path, table: pa.Table) -> tuple[Ids, Ids]:
    viewers = ids_of(table[USER], f"{file}, {USER}")
    titles = ids_of(table[ITEM], f"{file}, {ITEM}")
    check_once(viewers, titles, str(file))
    return viewers, titles


def _negatives(file: Path, table: pa.Table, viewers: Ids) -> tuple[Ids, Ids]:
    where = f"{file}, {NEGATIVES}"
    lists = table[NEGATIVES].combine_chunks()
    if not (pa.types.is_list(lists.type) or pa.types.is_large_list(lists.type)):
        raise InputError(expected="lists of items", got=lists.type, where=where)
    others = ids_of(pc.list_flatten(lists), where)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    if not lengths.all():
        row = int(np.flatnonzero(lengths == 0)[0])
        raise InputError(expected="at least one", got="none", where=f"{where}, row {row}")
    return np.repeat(viewers, lengths), others


def _split(known: Interactions, asked: tuple[Ids, Ids], file: Path) -> Split:
    rows = known.viewer_ids.internal(asked[0])
    for name, bad in (
        ("a viewer who is in the training part", rows < 0),
        ("one row a viewer", pd.Series(asked[0]).duplicated().to_numpy()),
    ):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise InputError(expected=name, got=asked[0][row], where=f"{file}, row {row}")
    held_out = interactions(*asked, known.title_ids)
    return Split(
        train=known,
        histories=known.histories.take(np.sort(rows).astype(np.int64)),
        held_out=held_out.histories,
        viewers=held_out.viewer_ids.values,
        moment=known.histories.occurred_at.max(),
    )


def _titles(path: Path, catalog: IdMap, metadata: Path | None) -> Titles:
    if metadata is None or not (path / MOVIES).is_file():
        return Titles.bare(catalog)
    from pipelines.ingest.metadata import with_metadata  # noqa: PLC0415

    items, movies = _columns(path / MOVIES)
    named = IdMap(movies.tolist())
    known = with_metadata(Titles.bare(named).table, metadata)
    place = named.internal(movies)
    known = known.take(pa.array(place)).set_column(0, TITLES.field(0), pa.array(items.tolist()))
    return described(catalog, known)


def _columns(file: Path) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    try:
        items, movies = np.loadtxt(file, dtype=str, unpack=True, ndmin=2)
    except ValueError as error:
        raise InputError(
            expected="two columns in every line, an item and the id of its movie",
            got=error,
            where=file,
        ) from None
    return items, movies


def _sha256(offers: Histories) -> str:
    return hashlib.sha256(offers.offsets.tobytes() + offers.titles.tobytes()).hexdigest()
