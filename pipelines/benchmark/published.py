"""Figures that papers report on exactly this question, to stand beside ours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pipelines.figures import Json


@dataclass(frozen=True, slots=True)
class Published:
    """One row of a paper's table.

    Attributes
    ----------
    model, source : str
    metrics : dict of str to float
        By our names, such as ``ndcg@10``.
    """

    model: str
    source: str
    metrics: dict[str, float]


def published(answer: Json) -> list[Published]:
    """Return the rows of ``published.toml`` for an answer's protocol and very test part; mostly none."""
    tables = tomllib.loads(Path(__file__).with_name("published.toml").read_text())["tables"]
    offered = answer["split"].get("offered_sha256")
    return [
        Published(**row)
        for table in tables
        if table["protocol"] == answer["benchmark"]
        and table["test_sha256"] == answer["test_sha256"]
        and table.get("offered_sha256") == offered
        for row in table["rows"]
    ]
