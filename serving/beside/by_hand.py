"""What one would write by hand: a library's ``recommend`` behind a route, and nothing around it.

No rights, no rows, no filters, no freshness, no reasons, and a vector for each viewer in memory.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import implicit.als
import implicit.cpu.als
from fastapi import FastAPI, Response
from scipy import sparse
from threadpoolctl import threadpool_limits

FACTORS, SWEEPS = 64, 3
"""How good its answers are is not measured here; how long they take does not depend on the sweeps."""


def fit(folder: Path) -> None:
    """Fit a model on ``watched.npz`` of a folder (viewers by titles) and keep it there."""
    watched = sparse.load_npz(folder / "watched.npz")
    with threadpool_limits(1, "blas"):  # as the library itself asks for
        model = implicit.als.AlternatingLeastSquares(FACTORS, iterations=SWEEPS, random_state=0)
        model.fit(watched, show_progress=False)
    model.save(folder / "model.npz")


def create_by_hand(folder: Path) -> FastAPI:
    """Return an app that recommends from the model in a folder.

    Parameters
    ----------
    folder : Path
        With ``watched.npz``, ``model.npz``, and ``titles.json``: the id and the name of each title.
    """
    app = FastAPI()
    watched = sparse.load_npz(folder / "watched.npz")
    with threadpool_limits(1, "blas"):
        model = implicit.cpu.als.AlternatingLeastSquares.load(folder / "model.npz")
    titles = json.loads((folder / "titles.json").read_text())

    @app.get("/health")
    async def health() -> Response:
        return Response()

    @app.get("/recommendations/{viewer}")
    def recommend(viewer: int, n: int = 20) -> list[dict[str, Any]]:
        ids, scores = model.recommend(viewer, watched[viewer], N=n)
        return [
            {"title_id": titles[one][0], "name": titles[one][1], "score": float(score)}
            for one, score in zip(ids, scores, strict=True)
        ]

    return app
