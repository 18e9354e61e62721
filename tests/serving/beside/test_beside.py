"""What stands beside a replica: a bare route, a page by hand, and a look at what a page costs."""

import asyncio
import json
from pathlib import Path

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from scipy import sparse

from recsys.settings import Settings
from serving.beside import by_hand
from serving.beside.bare import create_bare
from serving.beside.by_hand import create_by_hand, fit
from serving.beside.inside import inside


def get(app: FastAPI, path: str) -> httpx.Response:
    """What an app answers, without a server."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://beside") as client:
            return await client.get(path)

    return asyncio.run(asked())


def test_the_bare_route_returns_the_very_bytes(tmp_path: Path) -> None:
    (file := tmp_path / "body.json").write_bytes(b'{"rows": []}')
    answer = get(create_bare(file), "/bare")
    assert answer.content == b'{"rows": []}'
    assert answer.headers["content-type"] == "application/json"


def test_a_page_by_hand_has_the_titles_that_similar_viewers_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even viewers watch even titles, odd ones odd titles."""
    monkeypatch.setattr(by_hand, "FACTORS", 2)  # or so few titles are learned by heart
    random, n = np.random.default_rng(0), 40
    rows = np.repeat(np.arange(200), 8)
    columns = 2 * random.integers(0, n // 2, len(rows)) + rows % 2
    watched = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), (200, n))
    watched.data[:] = 1
    sparse.save_npz(tmp_path / "watched.npz", watched)
    (tmp_path / "titles.json").write_text(
        json.dumps([[f"t{at}", f"Title {at}"] for at in range(n)])
    )
    fit(tmp_path)
    found = get(create_by_hand(tmp_path), "/recommendations/6?n=5").json()
    ids = [int(one["title_id"][1:]) for one in found]
    assert len(ids) == 5
    assert all(one % 2 == 0 for one in ids)
    assert not set(ids) & set(watched[6].indices.tolist())
    assert found[0]["name"] == f"Title {ids[0]}"


@pytest.fixture
def settings(store: Path, registry: Path, shared_database: str) -> Settings:
    return Settings(store=store, registry=registry, database_url=shared_database)


def test_the_stages_of_a_page_add_up_to_it(settings: Settings) -> None:
    found = inside(settings, ["v1", "v2", "nobody"], 2.0)
    assert found["pages"] > 10
    assert sum(found["stages"].values()) == pytest.approx(found["page_ms"])
    assert any(name.startswith("recommendations.") for name in found["stages"])
    assert list(found["stages"].values()) == sorted(found["stages"].values(), reverse=True)
