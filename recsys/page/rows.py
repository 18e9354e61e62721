"""What may stand on a page: each kind of row as a function of ranked lists and the catalog."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.ids import UNKNOWN, InternalIds
from recsys.page import reasons
from recsys.titles import Titles

NEW_TITLES = 100
"""How many of the newest titles count as new."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Titles for one viewer, best first.

    Attributes
    ----------
    ids : int32 (n,)
        Internal ids.
    scores : float32 (n,)
    sources : object (n,)
        What proposed each title.
    """

    ids: InternalIds
    scores: NDArray[np.float32]
    sources: NDArray[np.object_]

    @classmethod
    def of(
        cls, ids: InternalIds, scores: NDArray[np.float32], sources: NDArray[np.object_] | str
    ) -> Self:
        """Build from one row of an answer, leaving out its padding."""
        kept = ids != UNKNOWN
        named = np.broadcast_to(np.asarray(sources, object), ids.shape)
        return cls(ids[kept], scores[kept], named[kept])

    def take(self, entries: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Ranked:
        """Return some entries."""
        return Ranked(self.ids[entries], self.scores[entries], self.sources[entries])

    def then(self, other: Ranked) -> Ranked:
        """Return these, followed by those of ``other`` that are not among them."""
        more = other.take(~np.isin(other.ids, self.ids))
        return Ranked(
            np.concatenate([self.ids, more.ids]),
            np.concatenate([self.scores, more.scores]),
            np.concatenate([self.sources, more.sources]),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A titled list.

    Attributes
    ----------
    row_id : str
        The same kind of row has the same id on every page.
    name, reason : str
        What stands above it, and why it is there.
    source : str
        What made it.
    titles : Ranked
    """

    row_id: str
    name: str
    reason: str
    source: str
    titles: Ranked

    def with_titles(self, titles: Ranked) -> Row:
        """Return the row with other titles."""
        return replace(self, titles=titles)


def top_picks(picks: Ranked, n_watched: int) -> Row:
    """Return the titles that the model holds for the best."""
    return Row("top-picks", "Top picks for you", reasons.top_picks(n_watched), "hybrid", picks)


def because_you_watched(titles: Titles, watched: int, similar: Ranked) -> Row:
    """Return titles like one that was watched (an internal id)."""
    name = titles.table["name"][watched].as_py()
    return Row(
        f"because-{titles.ids.values[watched]}",
        f"Because you watched {name}",
        reasons.because_you_watched(name),
        "similar",
        similar,
    )


def trending(popular: Ranked) -> Row:
    """Return what many watch now."""
    return Row("trending", "Trending now", reasons.TRENDING, "popularity", popular)


def new(titles: Titles, allowed: NDArray[np.bool_], ranked: Ranked, *, personal: bool) -> Row:
    """Return the newest titles that may be shown: first those that are ranked, then by age."""
    dates = debuts(titles)
    dates[~allowed] = np.datetime64("NaT")
    age = np.datetime64(0, "us") - dates  # of which NaT, unlike its number, sorts last
    newest = np.argsort(age, kind="stable")[:NEW_TITLES].astype(np.int32)
    newest = newest[~np.isnat(dates[newest])]
    rest = Ranked.of(newest, np.zeros(len(newest), np.float32), "new")
    wanted = ranked.take(np.isin(ranked.ids, newest)).then(rest)
    why = reasons.NEW if personal else reasons.NEWEST
    return Row("new", "New for you" if personal else "New", why, "new", wanted)


def genre(titles: Titles, name: str, share: float, ranked: Ranked) -> Row:
    """Return the ranked titles of one genre."""
    row_id = "genre-" + "-".join(name.lower().split())
    kept = ranked.take(has_genre(titles, name)[ranked.ids])
    proposed_by = str(kept.sources[0]) if len(kept.sources) else ""
    return Row(row_id, name, reasons.genre(name, share, proposed_by), "genre", kept)


def debuts(titles: Titles) -> NDArray[np.datetime64]:
    """Return when each title came: when it became available, else its year; NaT where unknown."""
    table = titles.table
    years = pc.subtract(table["release_year"].cast(pa.int64()), 1970).to_numpy(zero_copy_only=False)
    known = ~np.isnan(years.astype(float))
    came = np.full(len(titles), "NaT", "datetime64[us]")
    came[known] = years[known].astype("datetime64[Y]").astype("datetime64[us]")
    available = table["available_from"].cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
    return np.where(np.isnat(available), came, available)


def has_genre(titles: Titles, name: str) -> NDArray[np.bool_]:
    """Return which titles are of a genre, bool (n_titles,)."""
    found = np.zeros(len(titles), bool)
    owners, codes, names = _genres(titles)
    found[owners[names[codes] == name]] = True
    return found


def favourite_genres(
    titles: Titles, watched: InternalIds, weights: NDArray[np.float32]
) -> list[tuple[str, float]]:
    r"""Return genres, most characteristic first, each with its share of what was watched.

    A genre with share :math:`s` of the weights and share :math:`c` of the catalog is ordered by
    :math:`s \sqrt{s / c}`, so that a genre everybody watches does not always come first.

    Parameters
    ----------
    titles : Titles
    watched : int32 (n,)
        Internal ids.
    weights : float32 (n,)
    """
    owners, codes, names = _genres(titles)
    if not len(watched) or not len(names) or weights.sum() <= 0:
        return []
    of_title = np.bincount(watched, weights, minlength=len(titles))
    share = np.bincount(codes, of_title[owners]) / of_title.sum()
    usual = np.bincount(codes) / len(titles)
    order = np.lexsort([names, -share * np.sqrt(share / usual)])
    return [(str(names[at]), float(share[at])) for at in order if share[at] > 0]


def _genres(titles: Titles) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.str_]]:
    """Return every pair of title and genre: the titles' internal ids, codes, and the codes' names."""
    lists = titles.table["genres"].combine_chunks()
    owners = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    # Codes by hashing: sorting the words of a large catalog would take longer than all else of a page.
    genres = pc.list_flatten(lists).dictionary_encode(null_encoding="encode")
    names = np.array([name or "" for name in genres.dictionary.to_pylist()], str)
    return owners, genres.indices.to_numpy(zero_copy_only=False), names
