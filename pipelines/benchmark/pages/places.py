"""Where viewers looked, found in impressions and in what was chosen after them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow.compute as pc

from pipelines.ingest.sources import read
from pipelines.query import query
from recsys.page.examination import Examination

# A title is chosen if it was opened or played from where it stood, on the same page.
_PLACES = """
    SELECT kind, row_rank, item_rank, count(*) AS shown, count(chosen.title_id) AS chosen
    FROM (SELECT DISTINCT recommendation_id, title_id, row_rank, item_rank,
              split_part(coalesce(row_id, ''), '-', 1) AS kind FROM events
          WHERE event_type = 'impression' AND row_rank IS NOT NULL AND item_rank IS NOT NULL) AS impressions
    LEFT JOIN (SELECT DISTINCT recommendation_id, title_id FROM events
               WHERE event_type IN ('click', 'play') AND recommendation_id IS NOT NULL) AS chosen
    USING (recommendation_id, title_id)
    GROUP BY ALL ORDER BY ALL
"""


def looked_at(path: Path, moment: datetime) -> Examination | None:
    """Fit where viewers look to the impressions before a moment; ``None`` if none of them was chosen."""
    events = read(path).events
    past = events.filter(pc.less(events["occurred_at"], moment))
    places = query(_PLACES, events=past)
    if not (pc.sum(places["chosen"]).as_py() or 0):
        return None
    rows, columns, shown, chosen = (
        places[name].to_numpy() for name in ("row_rank", "item_rank", "shown", "chosen")
    )
    kinds = places["kind"].combine_chunks().dictionary_encode().indices.to_numpy()
    return Examination.fitted(rows, columns, shown, chosen, kinds.astype(int))
