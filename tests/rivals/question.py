"""A question that ``recsys benchmark … --export`` wrote, as matrices."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True)
class Question:
    """Who watched what, and who is asked.

    Attributes
    ----------
    about : dict
        ``question.json``.
    viewers, titles : str (n_asked,), str (n_titles,)
    train, asked : float32 (n_viewers, n_titles), (n_asked, n_titles)
        1 where watched.
    rows : int (n_asked,)
        Of the asked viewers in ``train``; -1 for those of whom nothing is learned.
    """

    about: dict[str, Any]
    viewers: NDArray[np.object_]
    titles: NDArray[np.object_]
    train: sparse.csr_matrix
    asked: sparse.csr_matrix
    rows: NDArray[np.int64]

    @classmethod
    def read(cls, folder: Path) -> Question:
        """Read a folder; a viewer who is asked without a history is left out, and gets no list."""
        train, asked = (pd.read_parquet(folder / f"{name}.parquet") for name in ("train", "asked"))
        columns, titles = pd.factorize(train["title"], sort=True)
        rows, viewers = pd.factorize(train["viewer"], sort=True)
        asked = asked[asked["title"].isin(titles)]
        asking, askers = pd.factorize(asked["viewer"], sort=True)
        return cls(
            about=json.loads((folder / "question.json").read_text()),
            viewers=np.asarray(askers, object),
            titles=np.asarray(titles, object),
            train=_ones(rows, columns, len(viewers), len(titles)),
            asked=_ones(asking, titles.get_indexer(asked["title"]), len(askers), len(titles)),
            rows=viewers.get_indexer(askers),
        )

    @property
    def key(self) -> str:
        """By what settings are looked up: the benchmark, and whatever makes it another question."""
        return key_of(self.about)

    @property
    def n(self) -> int:
        """How many titles to recommend."""
        return self.about["n"]

    @property
    def all_known(self) -> bool:
        """Whether something is learned of every viewer who is asked."""
        return bool((self.rows >= 0).all())

    def best(self, scores: NDArray[np.float32], rows: slice) -> NDArray[np.int64]:
        """Return the best unseen titles of some asked viewers, best first, given all their scores."""
        seen = self.asked[rows]
        scores[np.repeat(np.arange(seen.shape[0]), np.diff(seen.indptr)), seen.indices] = -np.inf
        first = np.argpartition(-scores, self.n, axis=1)[:, : self.n]
        order = np.argsort(-np.take_along_axis(scores, first, axis=1), axis=1)
        return np.take_along_axis(first, order, axis=1)


def key_of(about: dict[str, Any]) -> str:
    """Return "leave-last-out", "strong-generalisation-time" or the like, given ``question.json``."""
    fold_in = about["split"].get("fold_in")
    return about["benchmark"] + (f"-{fold_in}" if fold_in else "")


def _ones(rows, columns, n_rows, n_columns):
    ones = np.ones(len(rows), np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), shape=(n_rows, n_columns))
