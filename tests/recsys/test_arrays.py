"""What was saved comes back, in the same bytes each time."""

from pathlib import Path

import numpy as np
from scipy import sparse

from recsys import arrays


def test_arrays_and_sparse_matrices_come_back(tmp_path: Path) -> None:
    dense = np.arange(6, dtype=np.float32).reshape(2, 3).T
    matrix = sparse.csr_matrix(np.eye(3, dtype=np.float32))
    arrays.save(tmp_path, "dense_", dense)
    arrays.save(tmp_path, "matrix_", matrix)
    arrays.save(tmp_path, "names_", np.array(["ä", "b"]))
    found = dict(arrays.load(tmp_path))
    np.testing.assert_array_equal(found["dense_"], dense)
    np.testing.assert_array_equal(found["matrix_"].toarray(), matrix.toarray())
    assert found["names_"].tolist() == ["ä", "b"]


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    matrix = sparse.csr_matrix(np.eye(3, dtype=np.float32))
    for name in ("one", "two"):
        arrays.save(tmp_path, name, matrix)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
