"""No surface shows or names what may not be shown: a title is taken down, and every path is walked."""

import io
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving import world
from tests.serving.conftest import MakeClient, event, until

GONE = "t003"
NAME = "Story 3 of "
"""How the title's name begins, and no other's."""
ROOT = "/api/recommendations"
SIGNED = re.compile(r'"nextCursor":"[^"]*"')
"""Enciphered: whatever letters it has are chance."""
Text = Callable[[], str]

TAKEN: dict[str, dict[str, Any]] = {
    "out of its window": {"available_until": datetime(2024, 1, 1, tzinfo=UTC)},
    "announced": {"available_from": datetime.now(UTC) + timedelta(days=5)},
    "in another region": {"regions": ["JP"]},
    "for adults": {"maturity_rating": "18"},
    "of no known maturity": {"maturity_rating": None},
}


def replace_catalog(store: Path, **changes: Any) -> None:
    rows = [
        title | changes if title["title_id"] == GONE else title
        for title in world.catalog().to_pylist()
    ]
    beside = store / "raw" / ".titles.parquet"
    pq.write_table(pa.Table.from_pylist(rows, world.catalog().schema), beside)
    beside.replace(store / "raw" / "titles.parquet")


def file_of(viewer: str) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"viewer_id": [viewer], "maximum_age": [12]}), sink)
    return sink.getvalue()


def paths(client: httpx.Client, viewer: str, cursors: list[str]) -> dict[str, Text]:
    """Every way to an answer, each as text."""
    who = {"viewerId": viewer, "maximumAge": 12}

    def get(path: str, **query: Any) -> Text:
        return lambda: client.get(path, params=who | query).text

    def batch() -> str:
        answer = client.post(f"{ROOT}/batch", content=file_of(viewer))
        return str(pq.read_table(io.BytesIO(answer.content)).to_pylist())

    def guest() -> str:
        done = {"events": [_anonymous(event("x", GONE))], "maximumAge": 12, "region": "DE"}
        return client.post("/api/sessions/recommendations", json=done).text

    def more() -> str:
        asked = {"viewerId": viewer}
        return "".join(
            client.get(f"{ROOT}/home/more", params=asked | {"cursor": one}).text for one in cursors
        )

    page = client.get(f"{ROOT}/home", params=who).json()["recommendationId"]
    path = f"{ROOT}/replay/{page}"
    assert until(lambda: client.get(path).status_code == 200)

    def again() -> str:
        return client.get(path).text

    return {
        "home": get(f"{ROOT}/home"),
        "home in parts": get(f"{ROOT}/home", rows=30, titles=30),
        "home by a filter": get(f"{ROOT}/home", filter='title in ["t003", "t006"]'),
        **{
            f"list, {algorithm}": get(ROOT, algorithm=algorithm, limit=100)
            for algorithm in ("hybrid", "collaborative", "content-based")
        },
        "similar": get(f"{ROOT}/similar/t006", limit=100),
        "explain another": get(f"{ROOT}/explain", contentId="t006"),
        "taste": get("/api/user/taste"),
        "batch": batch,
        "guest": guest,
        "cursors": more,
        "onboarding": get(f"{ROOT}/onboarding", limit=100),
        "replay": again,
    }


def _anonymous(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != "viewerId"}


def cursors_of(client: httpx.Client, viewer: str) -> list[str]:
    asked = {"viewerId": viewer, "maximumAge": 12, "rows": 1, "titles": 2}
    page = client.get(f"{ROOT}/home", params=asked).json()
    every = [page["nextCursor"], *(row["nextCursor"] for row in page["rows"])]
    return [one for one in every if one]


def engaged(client: httpx.Client, *, watched: bool) -> str:
    """Somebody who has to do with the title in one of two ways, and with others like it."""
    viewer = f"leak-{uuid4().hex[:8]}"
    others = ("t000", "t009", "t012")
    done = [event(viewer, title, "progress", watchedPortion=0.3) for title in others]
    if watched:
        done += [
            event(viewer, GONE, "progress", watchedPortion=0.5),
            event(viewer, GONE, "thumb", value=1),
        ]
    else:
        done += [event(viewer, GONE, "watchlist_add")]
    assert client.post("/api/analytics/event", json=done).status_code == 202
    return viewer


@pytest.mark.parametrize("why", TAKEN)
def test_what_is_taken_down_is_nowhere_at_once(
    store: Path, tmp_path: Path, make_client: MakeClient, why: str
) -> None:
    own = Path(shutil.copytree(store, tmp_path / "store"))
    client = make_client(store=own)
    client.headers["X-Request-ID"] = "walk"  # or no two problems would be the same
    viewers = [engaged(client, watched=True), engaged(client, watched=False), "newcomer"]
    walks = {viewer: paths(client, viewer, cursors_of(client, viewer)) for viewer in viewers}
    before = {
        viewer: {name: told() for name, told in walk.items()} for viewer, walk in walks.items()
    }
    # The walk sees what there is to see: each surface shows the title to somebody.
    unseen = {
        name
        for name in walks["newcomer"]
        if not any(GONE in told[name] or NAME in told[name] for told in before.values())
    }
    assert unseen <= {"guest"}, unseen

    replace_catalog(own, **TAKEN[why])
    assert until(lambda: GONE not in walks[viewers[0]]["similar"]())
    assert until(lambda: NAME not in walks[viewers[0]]["home"]())
    for viewer, walk in walks.items():
        for name, told in walk.items():
            text = SIGNED.sub("", told())
            assert GONE not in text, (viewer, name)
            assert NAME not in text, (viewer, name)
    about = client.get(
        f"{ROOT}/explain", params={"viewerId": viewers[0], "contentId": GONE, "maximumAge": 12}
    )
    unknown = client.get(
        f"{ROOT}/explain", params={"viewerId": viewers[0], "contentId": "nope", "maximumAge": 12}
    )
    assert about.status_code == unknown.status_code == 404
    assert about.text.replace(GONE, "nope") == unknown.text
