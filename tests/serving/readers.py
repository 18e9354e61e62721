"""A catalog in several languages, and readers who ask for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from recsys.schema import TITLES
from recsys.search.kept import ensure
from serving.identity.contracts import Scope
from serving.identity.issuer import Issuer
from tests.serving import world

SAID = {
    "t000": {"nb": ("Eventyret om havet", "Om havet."), "pt": ("Conto zero", None)},
    "t003": {"nb": ("Eventyret om skogen", None), "pt-BR": ("Conto três", None)},
    "s00": {"nb": ("Den lange historien", None)},
    "e1": {"nb": ("Første del", "Hvor det begynner.")},
}
"""By title and language, its name and perhaps what is told of it."""


def catalog() -> pa.Table:
    """The small world, in which some titles are translated and the first is a crime story."""
    rows = world.catalog().to_pylist()
    for row in rows:
        row["translations"] = [
            {"language": tag, "name": name, "description": about}
            for tag, (name, about) in SAID.get(row["title_id"], {}).items()
        ]
        if row["title_id"] == "t000":
            row["genres"] = ["Crime"]
    return pa.Table.from_pylist(rows, schema=TITLES)


@dataclass(frozen=True)
class Place:
    client: httpx.Client
    issuer: Issuer

    def headers(self, viewer: str | None, accepted: str = "") -> dict[str, str]:
        token = self.issuer.issue("a1", [Scope.VIEWER], viewer_id=viewer, minutes=60)
        return {"Authorization": f"Bearer {token}"} | (
            {"Accept-Language": accepted} if accepted else {}
        )

    def get(self, path: str, accepted: str = "", **query: Any) -> httpx.Response:
        headers = {"Accept-Language": accepted} if accepted else {}
        answer = self.client.get(path, params=query or None, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    def viewer(self, *watched: str) -> str:
        """Somebody new who watched titles."""
        viewer = f"reader-{uuid4().hex[:8]}"
        done = [
            {
                "eventId": str(uuid4()),
                "eventType": "complete",
                "viewerId": viewer,
                "titleId": title,
                "occurredAt": "2024-03-02T20:00:00Z",
                "watchedPortion": 1.0,
            }
            for title in watched
        ]
        assert self.client.post("/api/analytics/event", json=done).status_code == 202
        return viewer


def write_translated(store: Path) -> None:
    """Make a store of it."""
    world.write_raw(store)
    titles = store / "raw" / "titles.parquet"
    pq.write_table(catalog(), titles)
    ensure(titles, store / "search")


def named(answer: Any, title: str) -> str:
    """What a title is called wherever it stands in an answer."""
    if isinstance(answer, dict):
        if answer.get("contentId") == title:
            return answer["name"]
        answer = list(answer.values())
    found = (named(one, title) for one in answer if isinstance(one, dict | list))
    return next((name for name in found if name), "")


def row(page: dict[str, Any], row_id: str) -> dict[str, Any]:
    return next(one for one in page["rows"] if one["rowId"] == row_id)
