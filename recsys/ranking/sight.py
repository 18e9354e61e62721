"""What a ranker sees of a viewer's candidates, besides the features it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.interactions import Histories
from recsys.ranking.candidates import Candidates
from recsys.ranking.config import HybridConfig
from recsys.ranking.features import PairFeatures
from recsys.ranking.voices import HEARD, voices
from recsys.topk import FloatMatrix

VOTES, BLEND, DISSENT = "votes", "blend", "dissent"


def names(
    parts: Iterable[str], config: HybridConfig, features: type[PairFeatures] | None
) -> list[str]:
    """Return the names of all columns, in order."""
    there = list(parts)
    scores = [f"score_{name}" for name in there]
    votes = [f"vote_{name}" for name in there]
    heard = [f"{what}_{name}" for name in config.voices if name in there for what in HEARD]
    more = () if features is None else features.names
    return [*scores, *votes, VOTES, BLEND, DISSENT, *heard, "log_length", *more]


def of_part(part: str) -> set[str]:
    """Return the names of the columns that a part alone fills."""
    return {f"{what}_{part}" for what in ("score", "vote", *HEARD)}


def columns(
    parts: Mapping[str, Algorithm],
    histories: Histories,
    candidates: Candidates,
    blend: NDArray[np.float32],
    config: HybridConfig,
) -> FloatMatrix:
    """Return what is seen of each pair, float32 (n_pairs, n_columns), features left out.

    Parameters
    ----------
    parts : mapping
        Fitted, by name.
    histories : Histories
        That the candidates are for.
    candidates : Candidates
    blend : float32 (n_parts,)
        What each part's score counts.
    config : HybridConfig
    """
    votes = candidates.votes
    heard = [voices(parts[name], histories, candidates) for name in config.voices if name in parts]
    # Long histories are believed more.
    lengths = np.log1p(histories.lengths[candidates.viewers])
    sums = votes.sum(axis=1), candidates.scores @ blend, candidates.ranks.std(axis=1)
    seen = [candidates.scores, votes, *sums, *heard, lengths]
    return np.column_stack(seen).astype(np.float32)
