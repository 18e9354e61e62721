"""Asking a stored model for the viewers of a split whose catalog has moved on since it learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.nightly.display import Line
from recsys.algorithm import Algorithm
from recsys.evaluate import BLOCK, Evaluation, evaluate, judge
from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories
from recsys.split import Split
from recsys.titles import Titles

LISTED = 20


def ask(model: Algorithm, split: Split, titles: Titles, line: Line) -> Evaluation:
    """Judge a model that learned from the split's own catalog, telling the line of each viewer."""
    line.rows = len(split.viewers)
    line.total(line.rows)
    return evaluate(model, split, titles=titles, ks=(10, LISTED), advance=line.advance)


def ask_stored(model: Algorithm, split: Split, titles: Titles, line: Line) -> Evaluation:
    """Judge a model that numbers titles by its own catalog, as it would serve today.

    Titles that it does not know it can neither read nor recommend, and titles that are gone from
    today's catalog it may not recommend.
    """
    line.rows = len(split.viewers)
    line.total(line.rows)
    ids = np.empty((len(split.viewers), LISTED), np.int32)
    for start in range(0, len(ids), BLOCK):
        rows = slice(start, start + BLOCK)
        ids[rows] = listed(model, split.histories.take(rows), titles, LISTED)
        line.advance(len(ids[rows]))
    return judge(ids, split, titles=titles, ks=(10, LISTED))


def listed(
    model: Algorithm,
    histories: Histories,
    titles: Titles,
    n: int,
    allowed: NDArray[np.bool_] | None = None,
) -> InternalIds:
    """Ask a model that numbers titles in its own way; the answer is numbered as the catalog is.

    Parameters
    ----------
    model : Algorithm
    histories : Histories
        Numbered as the catalog is.
    titles : Titles
        The catalog.
    n : int
    allowed : bool (n_titles,), optional
        Which titles of the catalog may be returned; by default all.
    """
    theirs = model.title_ids_.internal(titles.ids.values)
    ours = titles.ids.internal(model.title_ids_.values)
    translated = replace(histories, titles=theirs[histories.titles], n_titles=len(model.title_ids_))
    open_ = (ours != UNKNOWN) if allowed is None else (ours != UNKNOWN) & allowed[ours]
    ids, _ = model.recommend(translated.known(), n, allowed=open_)
    return np.where(ids == UNKNOWN, UNKNOWN, ours[ids]).astype(np.int32)
