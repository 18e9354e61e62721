"""What a made world is to a test: its tables as frames, and its truth."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pipelines.world import Truth, make

SMALL = {"viewers": 400, "titles": 300, "days": 14}


@dataclass(frozen=True)
class Made:
    directory: Path
    titles: pd.DataFrame
    viewers: pd.DataFrame
    events: pd.DataFrame
    truth: Truth

    def of(self, *kinds: str) -> pd.DataFrame:
        return self.events[self.events["event_type"].isin(kinds)]


def made(directory: Path, seed: int) -> Made:
    make(directory, seed=seed, **SMALL)
    titles = pq.read_table(directory / "titles.parquet").to_pandas()
    viewers = pq.read_table(directory / "viewers.parquet").to_pandas()
    return Made(
        directory,
        titles.set_index("title_id", drop=False),
        viewers.set_index("viewer_id", drop=False),
        ds.dataset(directory / "events").to_table().to_pandas(),
        Truth.read(directory),
    )
