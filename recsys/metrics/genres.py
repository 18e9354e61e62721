"""Genres of the catalog as a matrix, for diversity and calibration."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.titles import Titles


def genre_names(titles: Titles) -> list[str]:
    """Return the genres that occur, in alphabetical order."""
    return sorted(pc.unique(pc.list_flatten(titles.table["genres"])).drop_null().to_pylist())


def genre_matrix(titles: Titles) -> NDArray[np.float32]:
    """Return 1 where a title has a genre, float32 (n_titles, n_genres), in ``genre_names`` order."""
    names = genre_names(titles)
    genres = titles.table["genres"].combine_chunks()
    rows = pc.list_parent_indices(genres).to_numpy(zero_copy_only=False)
    columns = pc.index_in(pc.list_flatten(genres), value_set=pa.array(names, pa.string()))
    known = columns.is_valid().to_numpy(zero_copy_only=False)
    matrix = np.zeros((len(titles), len(names)), np.float32)
    matrix[rows[known], columns.drop_null().to_numpy()] = 1
    return matrix
