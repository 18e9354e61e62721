"""The titles among which a viewer's own are to be found, where that is not the whole catalog."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.benchmark.pairs import Ids, catalog_of, interactions
from recsys.errors import InputError
from recsys.ids import IdMap
from recsys.interactions import Histories, Interactions
from recsys.split import Split

COUNT = 99
"""Titles beside the one to be found, as in the published evaluation."""

BLOCK_DRAWS = 16_000_000


def offered(viewers: Ids, titles: Ids, catalog: IdMap) -> Histories:
    """Return each viewer's distinct titles, viewers in the order of their ids."""
    people = catalog_of(viewers)
    keys = people.internal(viewers).astype(np.int64) * len(catalog) + catalog.internal(titles)
    rows, columns = np.divmod(np.unique(keys), len(catalog))
    return interactions(people.values[rows], catalog.values[columns], catalog).histories


def check_new(found: Histories, split: Split, file: Path) -> None:
    """Raise InputError if a viewer is offered a title of the training part."""
    watched = split.histories.viewers * found.n_titles + split.histories.titles
    seen = np.isin(found.viewers * found.n_titles + found.titles, watched)
    if seen.any():
        at = int(np.flatnonzero(seen)[0])
        title = split.train.title_ids.values[found.titles[at]]
        viewer = split.viewers[found.viewers[at]]
        raise InputError(
            expected="titles that are not in the training part",
            got=f"title {title}, which viewer {viewer} watched",
            where=file,
        )


def drawn(known: Interactions, split: Split, seed: int) -> Histories:
    """Offer to each asked viewer what is held out and ``COUNT`` titles that the viewer never watched."""
    random = np.random.default_rng(seed)
    asked = known.viewer_ids.internal(split.viewers).astype(np.int64)
    rows, columns = [split.held_out.viewers], [split.held_out.titles]
    block = max(1, BLOCK_DRAWS // len(known.title_ids))
    for start in range(0, len(asked), block):
        owners, titles = _unwatched(known.histories.take(asked[start : start + block]), random)
        rows.append(start + owners)
        columns.append(titles)
    ids = known.title_ids.values[np.concatenate(columns)]
    return offered(split.viewers[np.concatenate(rows)], ids, known.title_ids)


def _unwatched(
    whole: Histories, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    keys = random.random((len(whole), whole.n_titles), np.float32)
    keys[whole.viewers, whole.titles] = np.inf
    reach = min(COUNT, whole.n_titles)
    first = np.argpartition(keys, reach - 1, axis=1)[:, :reach]
    fresh = np.isfinite(np.take_along_axis(keys, first, axis=1))
    return np.nonzero(fresh)[0], first[fresh].astype(np.int32)
