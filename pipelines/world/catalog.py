"""The catalog: which titles there are, what they are about, who is in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.world import plots
from pipelines.world.names import Names
from pipelines.world.people import People, people
from pipelines.world.releases import Releases, releases
from pipelines.world.strands import Strand, strands
from pipelines.world.streams import Floats, Ints, stream
from recsys.schema import MATURITY_AGES, TitleType

SERIES_SHARE, LIVE_SHARE, MOVIE_SHARE = 0.057, 0.017, 0.53
SHORTEST = 2
"""Episodes that every series has at least."""

BLENDED = 0.25
"""Share of titles that borrow from a second strand."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One title that is not an episode, as its makers know it; people are rows of the pool."""

    title_id: str
    kind: TitleType
    name: str
    strand: int
    second: int
    genres: list[str]
    keywords: list[str]
    cast: list[int]
    director: int
    writer: int
    description: str
    languages: list[str]
    maturity: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """All titles, in the order of their ids, which is that of ``recsys.titles.Titles``.

    Attributes
    ----------
    drafts : list of Draft
        Movies, series and live events.
    people : People
    releases : Releases
        Aligned with the drafts.
    episodes : int64 (n,)
        Episodes of each; 0 but for series.
    """

    drafts: list[Draft]
    people: People
    releases: Releases
    episodes: Ints

    def __len__(self) -> int:
        return len(self.drafts)

    @property
    def ids(self) -> list[str]:
        """Title ids of the drafts, sorted."""
        return [draft.title_id for draft in self.drafts]

    @property
    def strand(self) -> Ints:
        """Number of each draft's strand, shape (n,)."""
        return np.array([draft.strand for draft in self.drafts])

    @property
    def age(self) -> Ints:
        """Youngest age for which each draft is meant, shape (n,)."""
        return np.array([MATURITY_AGES[draft.maturity] for draft in self.drafts])


def catalog(seed: int, titles: int, days: int, *, told: Callable[[int], None]) -> Catalog:
    """Invent ``titles`` titles, episodes counted; ``told`` hears of each one drafted."""
    kinds = kinds_of(titles)
    rng, pool = stream(seed, "catalog"), people(seed)
    names, width = Names(rng), max(4, len(str(titles)))
    drafts: list[Draft] = []
    numbers = dict.fromkeys(TitleType, 0)
    for kind in kinds:
        numbers[kind] += 1
        title_id = f"{kind}-{numbers[kind]:0{width}d}"
        drafts.append(_draft(rng, title_id, kind, names, pool))
        told(1)
    when = releases(stream(seed, "releases"), kinds, days)
    return Catalog(drafts, pool, when, _episodes(stream(seed, "episodes"), kinds, titles))


def kinds_of(titles: int) -> list[TitleType]:
    """Return the kinds of all drafts in the order of their ids: live events, movies, series."""
    live, movies, series = (round(titles * s) for s in (LIVE_SHARE, MOVIE_SHARE, SERIES_SHARE))
    return [TitleType.LIVE] * live + [TitleType.MOVIE] * movies + [TitleType.SERIES] * series


def _episodes(rng: np.random.Generator, kinds: list[TitleType], titles: int) -> Ints:
    """Share what the catalog has left for episodes among its series, some short, some long."""
    series = np.array([kind == TitleType.SERIES for kind in kinds])
    left = titles - len(kinds) - SHORTEST * int(series.sum())
    share = rng.gamma(2.0, 1.0, int(series.sum()))
    counts = np.zeros(len(kinds), np.int64)
    counts[series] = SHORTEST + rng.multinomial(left, share / share.sum())
    return counts


def _draft(
    rng: np.random.Generator, title_id: str, kind: TitleType, names: Names, pool: People
) -> Draft:
    main, second = _strands(rng, kind)
    strand, other = strands()[main], strands()[second]
    keywords = [str(k) for k in rng.choice(strand.keywords, int(rng.integers(3, 6)), replace=False)]
    keywords.append(str(rng.choice([k for k in other.keywords if k not in keywords])))
    cast = pool.draw(rng, pool.actors, main, int(rng.integers(3, 7)))
    director, writer = pool.draw(rng, pool.crew, main, 2)
    name = names.name(strand, kind)
    text = plots.describe(
        rng,
        strand,
        kind,
        name,
        cast=[pool.names[p] for p in cast],
        director=pool.names[director],
        keywords=keywords,
    )
    return Draft(
        title_id=title_id,
        kind=kind,
        name=name,
        strand=main,
        second=second,
        genres=list(dict.fromkeys([*strand.genres, *other.genres[:1]])),
        keywords=keywords,
        cast=cast,
        director=director,
        writer=writer,
        description=text,
        languages=_languages(rng, strand),
        maturity=_maturity(rng, strand, other),
    )


def _strands(rng: np.random.Generator, kind: TitleType) -> tuple[int, int]:
    """Draw a strand that makes such titles, and the strand it borrows from: mostly itself."""
    odds: Floats = np.array([_readiness(strand, kind) for strand in strands()])
    main = int(rng.choice(len(odds), p=odds / odds.sum()))
    if kind == TitleType.LIVE or rng.random() >= BLENDED:
        return main, main
    alike = [
        row
        for row, strand in enumerate(strands())
        if strand.for_children == strands()[main].for_children
    ]
    return main, int(rng.choice(alike))


def _readiness(strand: Strand, kind: TitleType) -> float:
    return {TitleType.SERIES: strand.series, TitleType.LIVE: strand.live}.get(kind, 1.0)


def _languages(rng: np.random.Generator, strand: Strand) -> list[str]:
    """Draw the original language, the strand's first likeliest, and what it is dubbed into."""
    odds = 0.6 ** np.arange(len(strand.languages))
    original = str(rng.choice(strand.languages, p=odds / odds.sum()))
    dubbed = [code for code in ("en", "de", "pt", "ja", "no") if rng.random() < 0.35]
    return list(dict.fromkeys([original, *dubbed]))


def _maturity(rng: np.random.Generator, strand: Strand, other: Strand) -> str:
    """Draw a rating; a title that borrows is no milder than the strictest of its two strands allows."""
    odds = np.array(strand.ages, float)
    mildest = next(row for row, weight in enumerate(other.ages) if weight)
    odds[:mildest] = 0
    if not odds.sum():
        odds[mildest] = 1
    return str(rng.choice(list(MATURITY_AGES), p=odds / odds.sum()))
