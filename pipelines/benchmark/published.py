"""Figures that papers report on exactly this question, to stand beside ours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pipelines.benchmark.data import Data


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


def published(protocol: str, data: Data) -> list[Published]:
    """Return the rows of ``published.toml`` for a protocol and this very test part; mostly none."""
    tables = tomllib.loads(Path(__file__).with_name("published.toml").read_text())["tables"]
    offered = data.facts.get("offered_sha256")
    return [
        Published(**row)
        for table in tables
        if table["protocol"] == protocol
        and table["test_sha256"] == data.test_sha256
        and table.get("offered_sha256") == offered
        for row in table["rows"]
    ]
