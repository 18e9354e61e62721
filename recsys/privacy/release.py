"""Counts of many keys, of which most are of nobody: discrete Laplace noise, drawn exactly and once, to be kept.

``noise`` answers one question again and again by a key; here a whole table is made public at one moment, its zeros with
it, at a cost of those that are not zero. Whoever makes one keeps it: made again, it would be other noise.

Canonne, Kamath, Steinke: *The Discrete Gaussian for Differential Privacy* (2020), section 5.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import SystemRandom
from typing import TypeVar

import numpy as np

Key = TypeVar("Key")
_CHANCE = SystemRandom()


@dataclass(frozen=True, slots=True)
class Release:
    """How counts of people are made public.

    Attributes
    ----------
    epsilon : Fraction
        What one release may tell of one person: whatever it says is at most ``exp(epsilon)`` times as likely with
        the person as without.
    most_each : int
        Counts that one person is in, at most; the caller sees to it.
    minimum : int
        Smaller counts are never made public, however small the noise.
    """

    epsilon: Fraction
    most_each: int
    minimum: int

    @property
    def scale(self) -> Fraction:
        """Of the noise: what one person moves all counts by together, over epsilon."""
        return self.most_each / self.epsilon

    def least(self, n_keys: int) -> int:
        """Return the smallest noisy count that is made public where there are so many keys.

        Of keys with nobody, about one in a release comes over it by noise alone.
        """
        by_chance = math.ceil(float(self.scale) * math.log(max(n_keys, 1)))
        return max(self.minimum, by_chance)


def released(counts: Mapping[Key, int], keys: Collection[Key], how: Release) -> dict[Key, int]:
    """Return counts with noise, those that are large enough.

    Keys with nobody get noise like all others, or it would be told that somebody is behind each one that is there.

    Parameters
    ----------
    counts : mapping
        Counts of people, by key; of keys that are not among ``keys`` nothing is made public.
    keys : collection
        All that could be counted, which is no secret.
    how : Release
    """
    least = how.least(len(keys))
    noisy = {
        key: counts[key] + discrete_laplace(how.scale) for key in keys if counts.get(key, 0) > 0
    }
    absent = [key for key in keys if counts.get(key, 0) <= 0]
    for key in _CHANCE.sample(absent, _over(len(absent), least, how.scale)):
        noisy[key] = least + _geometric(how.scale)
    return {key: count for key, count in noisy.items() if count >= least}


def discrete_laplace(scale: Fraction) -> int:
    """Draw a whole number whose chance falls by ``exp(-1 / scale)`` with each step from 0."""
    over, under = scale.numerator, scale.denominator
    while True:
        rest = secrets.randbelow(over)
        if not _happens(Fraction(rest, over)):
            continue
        whole = 0
        while _happens(Fraction(1)):
            whole += 1
        size = (rest + over * whole) // under
        negative = secrets.randbelow(2) == 1
        if negative and size == 0:
            continue  # or 0 would come twice as often
        return -size if negative else size


def _happens(gamma: Fraction) -> bool:
    """Return true with probability ``exp(-gamma)``, gamma in [0, 1]."""
    count = 1
    while secrets.randbelow(gamma.denominator * count) < gamma.numerator:
        count += 1
    return count % 2 == 1


def _geometric(scale: Fraction) -> int:
    """Draw how far over a bound noise is that is over it."""
    steps, step = 0, 1 / scale
    whole, part = divmod(step, 1)
    while all(_happens(Fraction(1)) for _ in range(int(whole))) and _happens(part):
        steps += 1
    return steps


def _over(n: int, least: int, scale: Fraction) -> int:
    """Draw how many of ``n`` noises are at least ``least``, which is more than 0."""
    ratio = math.exp(-1 / float(scale))
    chance = ratio**least / (1 + ratio)
    return int(np.random.default_rng(secrets.randbits(128)).binomial(n, chance))
