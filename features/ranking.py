"""What a ranker sees of a viewer and a candidate besides the scores of the models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from features import circumstances, comparison, taste
from features import titles as title_features
from features import viewers as viewer_features
from features.attributes import attributes
from recsys import arrays
from recsys.context import Context
from recsys.errors import InputError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles

COMPARED = ("release_year", "runtime_minutes", "log_viewers_365d", "log_viewers_ever")
TITLE = (*title_features.POPULARITY, *title_features.STATIC)


@dataclass(frozen=True, slots=True)
class RankingFeatures:
    """A snapshot of all titles at a moment, and the features of pairs that are read off it.

    Attributes
    ----------
    title_columns : float32 (n_titles, len(TITLE))
    device_lifts : float32 (n_titles, n_devices)
    attributes : float32 csr (n_titles, n_attributes)
    kinds : int64 (n_attributes,)
    """

    title_columns: NDArray[np.float32]
    device_lifts: NDArray[np.float32]
    attributes: sparse.csr_matrix
    kinds: NDArray[np.int64]

    names: ClassVar[tuple[str, ...]] = (
        *TITLE,
        *viewer_features.VIEWER,
        *taste.FITS,
        *comparison.names(COMPARED),
        "age_years",
        *circumstances.LIFTS,
    )

    @classmethod
    def fit(cls, interactions: Interactions, titles: Titles, now: np.datetime64) -> Self:
        """Take the snapshot: nothing at or after ``now`` has a part in it."""
        moment = now.astype("datetime64[s]").item().replace(tzinfo=UTC)
        counts, known = title_features.popularity_of(interactions.histories, moment)
        columns = [
            title_features.popularity_columns(counts, known),
            title_features.static_columns(titles),
        ]
        lifts = circumstances.lifts(interactions.histories, moment)
        return cls(np.column_stack(columns), lifts, *attributes(titles))

    def __call__(
        self,
        histories: Histories,
        viewers: NDArray[np.int64],
        candidates: NDArray[np.int32],
        context: Context,
    ) -> NDArray[np.float32]:
        """Return the features of pairs.

        Parameters
        ----------
        histories : Histories
        viewers : int64 (n_pairs,)
            The row of ``histories`` of each pair.
        candidates : int32 (n_pairs,)
        context : Context
            Entries at or after its moment are not seen.

        Returns
        -------
        float32 (n_pairs, len(names))
            NaN where unknown.
        """
        end = np.datetime64(int(context.now.timestamp()), "s")
        past = histories.known().before(end)
        own = self.title_columns[candidates]
        compared = [TITLE.index(name) for name in COMPARED]
        watched = self.title_columns[past.titles][:, compared]
        year = context.now.year + (context.now.timetuple().tm_yday - 1) / 365.25
        return np.column_stack(
            [
                own,
                viewer_features.viewer_columns(past, context.now)[viewers],
                taste.fits(past, viewers, candidates, self.attributes, self.kinds),
                comparison.compared(past, viewers, own[:, compared], watched),
                year - own[:, TITLE.index("release_year")],
                circumstances.lift_columns(self.device_lifts, candidates, context),
            ]
        ).astype(np.float32)

    def save(self, directory: Path) -> None:
        """Write the snapshot: arrays, no pickle."""
        directory.mkdir(parents=True, exist_ok=True)
        for name in self.__slots__:
            arrays.save(directory, name, getattr(self, name))

    @classmethod
    def load(cls, directory: Path, titles: Titles | None = None) -> Self:
        """Read what ``save`` wrote.

        Parameters
        ----------
        directory : Path
        titles : Titles, optional
            The catalog it must have been taken of.

        Raises
        ------
        InputError
            If parts are missing or the catalog has another size.
        """
        parts = dict(arrays.load(directory))
        if sorted(parts) != sorted(cls.__slots__):
            raise InputError(
                expected=f"arrays {sorted(cls.__slots__)}", got=sorted(parts), where=directory
            )
        if titles is not None and len(titles) != len(parts["title_columns"]):
            raise InputError(
                expected=f"a snapshot of {len(titles)} titles",
                got=len(parts["title_columns"]),
                where=directory,
            )
        return cls(**parts)
