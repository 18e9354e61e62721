"""Small catalogs of real and unreal names, and a finder over them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from recsys.schema import TITLES
from recsys.search.find import Finder
from recsys.search.index import Index, build


def table(*rows: dict[str, Any]) -> pa.Table:
    """TITLES of rows that say what matters; a title is a movie named by its id unless they say so."""
    return pa.Table.from_pylist(
        [{"title_type": "movie", "name": row.get("title_id")} | row for row in rows], schema=TITLES
    )


def named(*names: str) -> pa.Table:
    """Movies of these names, whose ids are the names."""
    return table(*({"title_id": name, "name": name} for name in names))


class Searched:
    """A catalog that questions can be put to; all of it may be shown unless ``hidden`` says no."""

    def __init__(self, folder: Path, catalog: pa.Table) -> None:
        build(catalog, folder / "index")
        self.index = Index.open(folder / "index")
        self.ids: list[str] = self.index.entries.table["title_id"].to_pylist()
        self.popular = np.zeros(self.index.entries.n_titles, np.float32)
        self.hidden: set[str] = set()
        self.liked: set[str] = set()

    @property
    def shown(self) -> Any:
        return np.array([one not in self.hidden for one in self.ids], bool)

    @property
    def finder(self) -> Finder:
        def taste(places: Any) -> Any:
            return np.array([self.ids[place] in self.liked for place in places], np.float32)

        def alike(_: str) -> Any:
            return np.empty(0, np.int64), np.empty(0, np.float32)

        return Finder(self.index, self.shown, self.popular, taste, alike)

    def find(self, text: str) -> list[str]:
        """Ids of what is found, best first."""
        return [self.ids[place] for place in self.finder.find(text).places]

    def watched(self, ids: Iterable[str]) -> None:
        """Let titles be watched, the first the most."""
        for rank, one in enumerate(ids):
            self.popular[self.ids.index(one)] = 1 / (1 + rank)
