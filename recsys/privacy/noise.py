r"""Counts of people with noise that hides each of them, the same whenever the same is asked.

The geometric mechanism: to a count that one person changes by at most :math:`s`, integer noise is added with
:math:`P(k) \propto \alpha^{|k|}`, :math:`\alpha = e^{-\varepsilon / s}`. The noise is drawn from a keyed hash of the
question, so that asking again is answered by the same number and averaging tells nothing. For the same reason a count
that changes must not be told twice under one question: the difference would be exact. Whoever tells counts keeps the
first answer, or names the moment in the question.

References
----------
Ghosh, Roughgarden and Sundararajan, "Universally Utility-Maximizing Privacy Mechanisms", 2009.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Final

from recsys.errors import PrivacyError

_BITS: Final = 53
_PERSON: Final = b"dp-count"


def noisy_count(
    count: int, question: Sequence[str], key: bytes, *, epsilon: float, sensitivity: int
) -> int:
    """Return a count with noise; it may be negative, and must not be cut before it is compared with a threshold.

    Parameters
    ----------
    count : int
        Exact.
    question : sequence of str
        All that names what is counted: the statistic, its day, its group. Another question has other noise.
    key : bytes
        At least 16, known to nobody who sees counts.
    epsilon : float
        Above 0.
    sensitivity : int
        By how much one person can change the count; whoever counts must see to it.

    Raises
    ------
    PrivacyError
        If a parameter is out of its range.

    Examples
    --------
    >>> asked = ("completed", "2026-05-01", "drama")
    >>> first = noisy_count(100, asked, bytes(32), epsilon=1.0, sensitivity=1)
    >>> first == noisy_count(100, asked, bytes(32), epsilon=1.0, sensitivity=1)
    True
    """
    if epsilon <= 0 or sensitivity < 1 or len(key) < 16:
        raise PrivacyError(
            expected="epsilon above 0, a sensitivity of at least 1, a key of at least 16 bytes",
            got=(epsilon, sensitivity, len(key)),
            where="noisy_count",
        )
    return count + geometric(_uniforms(question, key), epsilon / sensitivity)


def geometric(uniforms: tuple[float, float], rate: float) -> int:
    r"""Return two-sided geometric noise, the difference of two geometric numbers.

    Parameters
    ----------
    uniforms : two of float
        In (0, 1].
    rate : float
        :math:`-\ln\alpha`, above 0.

    Examples
    --------
    >>> geometric((1.0, 1.0), 0.5), geometric((math.exp(-1.2), 1.0), 0.5)
    (0, 2)
    """
    up, down = (math.floor(-math.log(one) / rate) for one in uniforms)
    return up - down


def released(noisy: int, threshold: int) -> int | None:
    """Return a noisy count, or None below a threshold, where it would be noise more than count."""
    return noisy if noisy >= threshold else None


def _uniforms(question: Sequence[str], key: bytes) -> tuple[float, float]:
    """Return two numbers in (0, 1] that only the key's holder can foretell."""
    keyed = hashlib.blake2b(key=key[:64], digest_size=16, person=_PERSON)
    for word in question:
        # Each with its length, or ("ab", "c") would be ("a", "bc").
        encoded = word.encode()
        keyed.update(len(encoded).to_bytes(8, "big") + encoded)
    digest = keyed.digest()
    one, other = (int.from_bytes(half, "big") >> (64 - _BITS) for half in (digest[:8], digest[8:]))
    return (one + 1) / (1 << _BITS), (other + 1) / (1 << _BITS)
