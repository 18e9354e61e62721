"""What each part of a hybrid adds on a protocol's training data, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.table import Table

from pipelines.benchmark.data import Data
from pipelines.benchmark.protocol import Protocol
from pipelines.benchmark.run import progress
from pipelines.benchmark.trial import apart, hyperparameters
from pipelines.figures import Json
from pipelines.files import atomic_file
from pipelines.recipe import Recipe
from recsys.errors import ConfigError, InputError
from recsys.interactions import Interactions
from recsys.metrics import Interval
from recsys.ranking.ablation import Contribution, ablation
from recsys.ranking.hybrid import Hybrid
from recsys.titles import Titles

HEAD = ("part", "NDCG@10 alone", "added by it", "share of hits credited", "share only it proposed")


@dataclass(frozen=True, slots=True)
class Parts:
    """An ablation.

    Attributes
    ----------
    protocol : Protocol
    data : Data
    model : str
    config : dict
        The hybrid's own hyperparameters.
    contributions : list of Contribution
    """

    protocol: Protocol
    data: Data
    model: str
    config: Json
    contributions: list[Contribution]

    @classmethod
    def of(cls, protocol: Protocol, load: Callable[[], Data], recipe: Recipe) -> Parts:
        """Teach the hybrid with and without each part.

        Nothing of what the protocol holds out is looked at: the judges are viewers of the training part.

        Raises
        ------
        ConfigError
            If the model has no parts.
        InputError
            If the training part has too little to teach a ranker or to judge it.
        """
        model, name = recipe.unfitted(), recipe.declaration.name
        if not isinstance(model, Hybrid):
            raise ConfigError(
                expected="a model with parts", got=recipe.declaration.algorithm, where=name
            )
        with progress() as shown:
            task = shown.add_task(f"teaching {name} without each part", total=1)
            data = load()
            found = apart(recipe, _here, data.split.train, data.titles)
            shown.advance(task)
        if not found:
            raise InputError(
                expected="enough viewers to teach a ranker and to judge it",
                got=f"{len(data.split.train.viewer_ids)} viewers",
                where=f"{protocol.name} on {data.name}",
            )
        return cls(protocol, data, name, hyperparameters(model), found)

    def as_json(self) -> Json:
        """Return the table for a program."""
        return {
            "benchmark": "ablation",
            "protocol": self.protocol.name,
            "data": self.data.name,
            "digest": self.data.digest,
            "split": self.data.facts,
            "model": self.model,
            "config": self.config,
            "rows": [
                {
                    "part": one.part,
                    "ndcg@10": one.alone.mean,
                    "added": one.added.mean,
                    "intervals": {"ndcg@10": _ends(one.alone), "added": _ends(one.added)},
                    "credited": one.credited,
                    "only": one.only,
                }
                for one in self.contributions
            ],
        }

    def write(self, path: Path) -> None:
        """Write the JSON."""
        with atomic_file(path) as beside:
            beside.write_text(json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n")

    def table(self) -> Table:
        """Return the table for a person."""
        title = f"what each part of {self.model} adds: {self.protocol.name} on {self.data.name}"
        table = Table(title=title, title_justify="left", box=box.SIMPLE, pad_edge=False)
        for name in HEAD:
            table.add_column(name, justify="left" if name == "part" else "right")
        for one in self.contributions:
            low, high = _ends(one.added)
            table.add_row(
                one.part,
                f"{one.alone.mean:.4f}",
                f"{one.added.mean:+.4f} [{low:+.4f}, {high:+.4f}]",
                f"{one.credited:.0%}",
                f"{one.only:.0%}",
                style="bold green" if low > 0 else "red" if high < 0 else "",
            )
        return table


def _here(recipe: Recipe, train: Interactions, titles: Titles) -> list[Contribution]:
    model = recipe.unfitted()
    assert isinstance(model, Hybrid)  # noqa: S101  # as was found before the process began
    return ablation(model, train, titles)


def _ends(one: Interval) -> list[float]:
    return [one.low, one.high]
