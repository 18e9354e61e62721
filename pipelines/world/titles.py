"""The catalog as a table of the TITLES schema, episodes included."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from pipelines.world import plots
from pipelines.world.almanac import ALWAYS, REGIONS, START, closing, opening
from pipelines.world.catalog import Catalog, Draft
from pipelines.world.names import Names
from pipelines.world.strands import strands
from pipelines.world.streams import stream
from pipelines.world.translations import translations
from recsys.schema import TITLES, TitleType

SEASON = 8
"""Episodes after which a new season begins."""


def episode_ids(catalog: Catalog) -> list[str]:
    """Return the ids of all episodes, series by series in order of showing."""
    return [
        f"{draft.title_id}-s{number // SEASON + 1:02d}e{number % SEASON + 1:02d}"
        for draft, count in zip(catalog.drafts, catalog.episodes, strict=True)
        for number in range(count)
    ]


def title_table(catalog: Catalog, seed: int, start: datetime) -> pa.Table:
    """Return all titles: movies, series and live events by id, then the episodes."""
    rows = [_title(catalog, row, start) for row in range(len(catalog))]
    rng = stream(seed, "episode names")
    names, ids, minutes = Names(rng), iter(episode_ids(catalog)), catalog.releases.minutes
    episodes: list[dict[str, Any]] = []
    for row, count in enumerate(catalog.episodes):
        draft = catalog.drafts[row]
        strand = strands()[draft.strand]
        for number, name in enumerate(names.episodes(strand, int(count))):
            text = plots.episode(rng, strand, draft.name, number + 1)
            own = _episode(draft, number, next(ids), name, text)
            own["translations"] = translations(name, strand, TitleType.EPISODE)
            episodes.append(rows[row] | own | {"duration_seconds": minutes[row] * 60})
    return pa.Table.from_pylist(rows + episodes, schema=TITLES)


def _title(catalog: Catalog, row: int, start: datetime) -> dict[str, Any]:
    draft, when, names = catalog.drafts[row], catalog.releases, catalog.people.names
    first, last = int(when.first_day[row]), int(when.last_day[row])
    seconds = None if draft.kind == TitleType.SERIES else when.minutes[row] * 60
    return {
        "title_id": draft.title_id,
        "title_type": str(draft.kind),
        "name": draft.name,
        "genres": draft.genres,
        "release_year": int(when.year[row]) + start.year - START.year,
        "duration_seconds": seconds,
        "maturity_rating": draft.maturity,
        "description": draft.description,
        "cast": [names[p] for p in draft.cast],
        "crew": [
            {"name": names[draft.director], "role": "director"},
            {"name": names[draft.writer], "role": "writer"},
        ],
        "keywords": draft.keywords,
        "regions": _regions(catalog, row),
        "available_from": None if first == -ALWAYS else opening(start, first),
        "available_until": None if last == ALWAYS else closing(start, last),
        "artwork": f"artwork/{draft.title_id}.svg",
        "languages": draft.languages,
        "translations": translations(draft.name, strands()[draft.strand], draft.kind),
    }


def _regions(catalog: Catalog, row: int) -> list[str]:
    """Return where a title may be shown; none named is everywhere."""
    where = catalog.releases.regions[row]
    return [] if where.all() else [REGIONS[region] for region in where.nonzero()[0]]


def _episode(draft: Draft, number: int, title_id: str, name: str, text: str) -> dict[str, Any]:
    return {
        "title_id": title_id,
        "title_type": str(TitleType.EPISODE),
        "name": name,
        "series_id": draft.title_id,
        "season_number": number // SEASON + 1,
        "episode_number": number % SEASON + 1,
        "description": text,
    }
