"""What every step of a night has at hand: where things are, and how it is skipped when it is not due."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.nightly.display import Display, Line
from pipelines.nightly.version import code_version
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.steps import run_step
from recsys.settings import Settings


@dataclass(slots=True)
class Stepping:
    """A night in one store.

    Attributes
    ----------
    settings : Settings
    recipe : Recipe
    display : Display
    day : date or None
        The day that the night is for; None if it is the newest.
    registry : Registry
    folder : Path
        What is known of the newest challenger.
    """

    settings: Settings
    recipe: Recipe
    display: Display
    day: date | None
    registry: Registry = field(init=False)
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.registry = Registry(self.settings.registry)
        self.folder = self.settings.store / "judged"

    def step(
        self,
        line: Line,
        work: Callable[[], None],
        inputs: list[Path],
        outputs: list[Path],
        *facts: object,
    ) -> None:
        """Do a step of this model and this code if it is due, and say on its line whether it was."""
        facts = (code_version(), self.recipe.declaration.name, *facts)
        line.done = run_step(
            self.settings.store, line.name, work, inputs=inputs, outputs=outputs, facts=facts
        )

    def forget(self, step: str) -> None:
        """Have a step done again whose result is gone though nothing it depends on has changed."""
        (self.settings.store / "steps" / f"{step}.json").unlink(missing_ok=True)

    @property
    def learned_from(self) -> list[Path]:
        """What models learn from."""
        return [self.settings.store / "built", self.settings.store / "lake" / "titles.parquet"]

    @property
    def challenger(self) -> Path:
        """The figures of the newest challenger."""
        return self.folder / "challenger"

    @property
    def decision(self) -> Path:
        """Which decision the gate made of it."""
        return self.folder / "decision.json"

    @property
    def drift(self) -> Path:
        """Which record says how data and models have moved."""
        return self.folder / "drift.json"

    @property
    def bundle(self) -> Path:
        """Which bundle it became."""
        return self.folder / "bundle.json"


def forget_unless(pointer: Path, folder: Path, key: str) -> None:
    """Remove a pointer into the registry that points to nothing, so that its step is done again."""
    if pointer.is_file() and not (folder / json.loads(pointer.read_text())[key]).exists():
        pointer.unlink()
