"""The titles most like each title, found when a bundle is made, so that no viewer waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from recsys import arrays
from recsys.ids import UNKNOWN, InternalIds
from recsys.machine import cores
from recsys.ranking.near import Near, Neighbours

if TYPE_CHECKING:
    from recsys.ranking.hybrid import Hybrid

NEIGHBOURHOODS: Final = "neighbourhoods"
"""The folder of a bundle that holds them."""
SIZE: Final = 128
"""Neighbours of a title: more than a page shows of them, since some may not be shown."""
SMALLEST: Final = 1000
"""A catalog of fewer titles is as quickly looked through."""
PAIRS: Final = 10**10
"""Pairs of titles that are compared at most, some minutes of one core: of larger catalogs the most watched get
theirs, and the others' are found when they are asked for."""
BLOCK: Final = 64
"""Titles whose neighbours are looked for at once."""
Advance = Callable[[int, int], None]


def _silent(_done: int, _of: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """Of many titles, the best first; read from disk where they are asked for, and shared by all processes.

    Attributes
    ----------
    rows : int32 (n_titles,)
        Where each title's are, -1 where nowhere.
    ids : int32 (n_rows, SIZE)
    scores : float32 (n_rows, SIZE)
    alike : bool (n_rows, SIZE)
        Whether each is alike at all, or only popular.
    """

    rows: InternalIds
    ids: InternalIds
    scores: NDArray[np.float32]
    alike: NDArray[np.bool_]

    @classmethod
    def of(cls, model: Hybrid, advance: Advance = _silent) -> Self | None:
        """Find the neighbours of all titles, or of the most watched; ``None`` if there are few titles.

        Parameters
        ----------
        model : Hybrid
        advance : callable
            Told of each further number of titles, and how many there are, for a progress bar.
        """
        n_titles = len(model.popularity_)
        if n_titles < SMALLEST:
            return None
        asked = np.argsort(-model.popularity_, kind="stable")[: PAIRS // n_titles].astype(np.int32)
        found = _found(Near(model), asked, n_titles, advance)
        rows = np.full(n_titles, UNKNOWN, np.int32)
        rows[asked] = np.arange(len(asked))
        return cls(
            rows,
            np.stack([one.ids for one in found]),
            np.stack([one.scores for one in found]),
            np.stack([one.alike for one in found]),
        )

    def get(self, title: int) -> Neighbours | None:
        """Return the neighbours of a title, if they were found."""
        if (row := self.rows[title]) < 0:
            return None
        return Neighbours(self.ids[row], self.scores[row], self.alike[row])

    def write(self, folder: Path) -> None:
        """Keep them in a folder of their own: arrays, no pickle."""
        folder.mkdir()
        for name in self.__slots__:
            arrays.save(folder, name, getattr(self, name))

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return what ``write`` wrote, if anything: mapped, not read, but for where each title's are."""
        if not folder.is_dir():
            return None
        # As plain arrays over the mapped file: each slice of a memmap object would cost more than what it is for.
        mapped = {name: one.view(np.ndarray) for name, one in arrays.load(folder, mapped=True)}
        return cls(**mapped | {"rows": np.array(mapped["rows"])})


def _found(near: Near, asked: InternalIds, n_titles: int, advance: Advance) -> list[Neighbours]:
    everything = np.ones(n_titles, bool)
    blocks = [asked[at : at + BLOCK] for at in range(0, len(asked), BLOCK)]
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores()) as threads:
        found = threads.map(lambda block: near.looked_for(block, SIZE, everything), blocks)
        every: list[Neighbours] = []
        for several in found:
            every += several
            advance(len(several), len(asked))
        return every
