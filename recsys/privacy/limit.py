"""What one viewer adds to a table of counts is bounded, so that noise can hide it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence


def limited(
    groups: Mapping[str, Collection[str]], most: int, question: Sequence[str], key: bytes
) -> dict[str, int]:
    """Return how many viewers are in each group, each viewer counting to at most ``most`` of them.

    Which groups of a viewer count is drawn by a keyed hash, so that it depends on no other viewer and is the same
    whenever the same is asked.

    Parameters
    ----------
    groups : mapping of str to collection of str
        Each viewer's.
    most : int
    question : sequence of str
        The statistic and its day.
    key : bytes

    Examples
    --------
    >>> limited({"ann": {"drama"}, "bob": {"drama", "war"}}, 2, ("genres", "2026-05-01"), bytes(32))
    {'drama': 2, 'war': 1}
    """
    counts: Counter[str] = Counter()
    for viewer, own in groups.items():
        chosen = set(own)
        if len(chosen) > most:
            lots = {one: _lot(key, (*question, viewer, one)) for one in chosen}
            chosen = set(sorted(chosen, key=lambda one: lots[one])[:most])
        counts.update(chosen)
    return dict(sorted(counts.items()))


def _lot(key: bytes, words: Sequence[str]) -> bytes:
    drawn = hashlib.blake2b(key=key[:64], digest_size=16, person=b"dp-limit")
    for word in words:
        encoded = word.encode()
        drawn.update(len(encoded).to_bytes(8, "big") + encoded)
    return drawn.digest()
