"""What a model is made from: its declaration and those of its parts, fitted on a moment's knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.files import fingerprint
from recsys.algorithm import Algorithm
from recsys.bundle import Bundle
from recsys.declaration import Declaration, Shelf
from recsys.interactions import Interactions
from recsys.titles import Titles

DECLARATIONS = "declarations"
"""Where a bundle keeps what it was made from, so that its recipe can be fitted again."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A declared model together with the declarations of its parts.

    Attributes
    ----------
    declaration : Declaration
    shelf : Shelf
        Where it and its parts are declared.
    """

    declaration: Declaration
    shelf: Shelf

    @classmethod
    def read(cls, shelf: Shelf | Path, name: str) -> Recipe:
        """Read ``<name>.toml`` of a shelf, or of the one folder that it is.

        Raises
        ------
        ConfigError
            If it is missing or wrong.
        """
        shelf = Shelf.of(shelf) if isinstance(shelf, Path) else shelf
        return cls(shelf.read(name), shelf)

    @classmethod
    def of(cls, bundle: Bundle) -> Recipe:
        """Read what a bundle was made from."""
        return cls.read(bundle.path / DECLARATIONS, bundle.model)

    @property
    def files(self) -> list[Path]:
        """The model's declaration first, then those of the parts that its config names."""
        own = self.shelf.path(self.declaration.name)
        named = {self.shelf.find(word) for word in _words(self.declaration.config)} - {own}
        parts = sorted(filter(None, named), key=lambda path: path.name)
        return [own, *parts]

    @property
    def digest(self) -> str:
        """A hash of all its declarations, 12 hex digits."""
        return fingerprint(self.files)[:12]

    def unfitted(self) -> Algorithm:
        """Build the model; raises ConfigError if a hyperparameter is unknown or out of range."""
        # Here, since they bring every algorithm's library, which a run that skips all does not need.
        from features.ranking import RankingFeatures  # noqa: PLC0415
        from recsys.ranking.build import build  # noqa: PLC0415

        return build(self.declaration, shelf=self.shelf, ranking_features=RankingFeatures)

    def fit(self, interactions: Interactions, titles: Titles) -> Algorithm:
        """Build the model and fit it."""
        return self.unfitted().fit(interactions, titles)

    def load(self, bundle: Bundle) -> Algorithm:
        """Load the fitted model of a bundle that was made from this recipe."""
        from features.ranking import RankingFeatures  # noqa: PLC0415
        from recsys.ranking.hybrid import Hybrid  # noqa: PLC0415

        kind, directory = type(self.unfitted()), bundle.path / "model"
        if issubclass(kind, Hybrid):
            return kind.load(directory, ranking_features=RankingFeatures)
        return kind.load(directory)


def _words(value: Any) -> Iterator[str]:
    """Yield every string in a config, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
