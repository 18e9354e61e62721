"""What a bundle says of its making: the code that fitted it, and what its recipe reached when judged."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import Field, ValidationError

from pipelines.decision import Figure, Record
from recsys.bundle import Bundle
from recsys.errors import BundleError

MADE = "made.json"


class Made(Record):
    """The file ``made.json`` of a bundle.

    Attributes
    ----------
    code : str
        Hash of the code and of the libraries that computed.
    learned_until : datetime
        UTC; a second after the last interaction that was learned from, at most the bundle's
        ``trained_until``.
    cut : datetime, optional
        UTC; the recipe was judged on what came after, None if it never was.
    figures : dict of str to Figure
        What it reached then, by metric.
    """

    code: str
    learned_until: datetime
    cut: datetime | None = None
    figures: dict[str, Figure] = Field(default_factory=dict)

    @classmethod
    def read(cls, bundle: Bundle) -> Made:
        """Read what an opened bundle says.

        Raises
        ------
        BundleError
            If it says nothing that can be read.
        """
        path = bundle.path / MADE
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise BundleError(
                expected="how the bundle was made", got=type(error).__name__, where=path
            ) from None

    def write(self, directory: Path) -> None:
        """Write the file into a bundle that is being filled."""
        (directory / MADE).write_text(self.model_dump_json(indent=1) + "\n")

    @property
    def means(self) -> dict[str, float]:
        """The figures without their intervals, of those that are numbers."""
        return {name: one.mean for name, one in self.figures.items() if one.mean is not None}
