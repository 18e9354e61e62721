"""Which titles an index of what was ingested does not know as they are now."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc


def changed(catalog: pa.Table, ids: Collection[str]) -> pa.Table:
    """Return titles of a catalog, with the series of those that are episodes, and all episodes of series among either.

    An index knows an episode by its series, so that one of them is not indexed without the others.
    """
    if not ids:
        return catalog.slice(0, 0)
    own = pa.array(sorted(ids), pa.string())
    series = catalog.filter(pc.is_in(catalog["title_id"], own))["series_id"].drop_null()
    every = pa.concat_arrays([own, *(chunk.cast(pa.string()) for chunk in series.chunks)])
    held = (pc.is_in(catalog[name], every) for name in ("title_id", "series_id"))
    return catalog.filter(pc.or_(*held))
