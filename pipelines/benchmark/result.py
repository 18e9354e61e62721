"""What a benchmark found: as JSON for a program, and whose lists they were."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipelines.benchmark.data import Data
from pipelines.benchmark.protocol import Protocol
from pipelines.benchmark.trial import Trial
from pipelines.figures import Json, difference, row
from pipelines.files import atomic_file
from recsys.errors import RecsysError
from recsys.evaluate import Evaluation
from recsys.ids import UNKNOWN, InternalIds
from recsys.metrics import Interval, paired

HELD_OUT = "held-out"
"""Stands for a model's name in rows that say what was to be found."""


def digest(config: Json) -> str:
    """Return a hash of hyperparameters, 12 hex digits."""
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(slots=True)
class Result:
    """The rows of a benchmark, in the order in which the models were asked for.

    Attributes
    ----------
    protocol : Protocol
    data : Data
    trials : dict of str to (Trial, Evaluation)
        By model.
    refused : dict of str to RecsysError
        Models that could not be fitted, and why.
    options : dict
        Of the protocol's command, other than its defaults.
    parts : dict
        What each part of a hybrid adds, as ``Parts`` has it; empty if nobody asked.
    """

    protocol: Protocol
    data: Data
    trials: dict[str, tuple[Trial, Evaluation]] = field(default_factory=dict)
    refused: dict[str, RecsysError] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    parts: Json = field(default_factory=dict)

    def paired(self) -> list[tuple[str, str, str, Interval]]:
        """Return ``(model, rival, metric, difference)`` of the hybrid, or the last model, with each."""
        if not self.trials:
            return []
        model = "hybrid" if "hybrid" in self.trials else list(self.trials)[-1]
        ours = self.trials[model][1].values
        return [
            (model, rival, metric, paired(ours[metric], evaluation.values[metric]))
            for rival, (_, evaluation) in self.trials.items()
            if rival != model
            for metric in self.protocol.compared
        ]

    def as_json(self) -> Json:
        """Return what every benchmark writes."""
        return {
            "benchmark": self.protocol.name,
            "data": self.data.name,
            "test_sha256": self.data.test_sha256,
            "split": self.data.facts,
            "options": self.options,
            "rows": [
                row(
                    model,
                    evaluation,
                    trial.config,
                    fit_seconds=trial.fit_seconds,
                    peak_rss_bytes=trial.peak_rss_bytes,
                )
                | {"digest": digest(trial.config), "profile": trial.profile}
                for model, (trial, evaluation) in self.trials.items()
            ],
            "refused": {model: str(error) for model, error in self.refused.items()},
            "paired": [difference(*compared) for compared in self.paired()],
            "parts": self.parts,
        }

    def write(self, path: Path) -> None:
        """Write the JSON."""
        with atomic_file(path) as beside:
            beside.write_text(json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n")

    def write_lists(self, path: Path) -> None:
        """Write who was recommended what, and what was to be found, so that others can judge it.

        A Parquet file of ``model``, ``viewer``, ``rank`` (from 1) and ``title``; the model of what was to be
        found is "held-out", without a rank.
        """
        held_out = self.data.split.held_out
        found = self._rows(HELD_OUT, held_out.viewers, held_out.titles)
        tables = [found.append_column("rank", pa.nulls(len(found), pa.int32()))]
        for model, (trial, _) in self.trials.items():
            tables.append(self._listed(model, trial.recommended))
        with atomic_file(path) as beside:
            pq.write_table(pa.concat_tables(tables), beside)

    def _listed(self, model: str, recommended: InternalIds) -> pa.Table:
        viewers, places = np.nonzero(recommended != UNKNOWN)
        rows = self._rows(model, viewers, recommended[viewers, places])
        return rows.append_column("rank", pa.array(places + 1, pa.int32()))

    def _rows(self, model: str, viewers: NDArray[np.int64], titles: InternalIds) -> pa.Table:
        split = self.data.split
        return pa.table(
            {
                "model": pa.array(np.full(len(viewers), model, object), pa.string()),
                "viewer": pa.array(split.viewers[viewers], pa.string()),
                "title": pa.array(split.train.title_ids.values[titles], pa.string()),
            }
        )
