"""A model as its TOML file declares it: which algorithm, with what, and what it must reach."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from recsys.errors import ConfigError
from recsys.tomlfile import read_toml

Question = Literal["later", "next", "rest", "end"]
"""What a model is asked: what is watched over the time to come, the one title after the history, the
unordered rest of it, or its last part."""

QUESTIONS: tuple[Question, ...] = get_args(Question)


ROWS: Final = "rows.toml"
"""The file beside the models that declares the rows of the homepage."""

TIERS: Final = "tiers.toml"
"""The file beside the models that declares what one may subscribe to."""

SEARCH: Final = "search.toml"
"""The file beside the models that declares where a search for hyperparameters looks."""


class Guardrail(BaseModel):
    """What a model may not give up for the figure that it is compared by.

    Attributes
    ----------
    least, most : float, optional
        Between which its mean has to be, whatever the champion reaches.
    lose : float, optional
        The share of the champion's mean, in [0, 1], that it may lose on the same viewers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: float | None = None
    most: float | None = None
    lose: float | None = Field(default=None, ge=0, le=1)


class Declaration(BaseModel):
    """One file of the shelf ``models/``.

    Attributes
    ----------
    name : str
        The file's stem.
    algorithm : str
        A name in the registry of algorithms.
    description : str
        One or two sentences for the model card.
    config : dict
        The algorithm's hyperparameters.
    gates : dict
        The least value of each metric with which the model may be published, in [0, 1].
    guardrails : dict of str to Guardrail
        By metric.
    slices : dict of str to float
        The share of the champion's figure, in [0, 1], that viewers of a kind may lose: those of a name, such as
        "viewers: new", or all of a dimension, such as "region".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    algorithm: str
    description: str
    config: dict[str, Any] = Field(default_factory=dict)
    gates: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    guardrails: dict[str, Guardrail] = Field(default_factory=dict)
    slices: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Declaration:
        """Read one declaration.

        Raises
        ------
        ConfigError
            If the file is missing, not TOML, or has a field that is unknown or wrong.
        """
        if not path.is_file():
            raise _missing(path.stem, (path.parent,))
        return read_toml(path, cls, "a declaration", name=path.stem)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where models are declared: the first folder that has ``<name>.toml`` says what that model is.

    A shelf's root answers the question "later". What another question wants otherwise stands in the folder
    of its name, and all else is taken from the root; a hybrid's parts are looked up in the same way.

    Attributes
    ----------
    folders : tuple of Path
        In the order in which they are looked through.
    """

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, root: Path, question: Question = "later", *, first: Path | None = None) -> Shelf:
        """Return the shelf of a question, with a folder to be looked through ``first``."""
        own = () if question == "later" else (root / question,)
        return cls((*(() if first is None else (first,)), *own, root))

    def find(self, name: str) -> Path | None:
        """Return the file that declares a model, if there is one."""
        paths = (folder / f"{name}.toml" for folder in self.folders)
        return next((path for path in paths if path.is_file()), None)

    def path(self, name: str) -> Path:
        """Return the file that declares a model, or raise ConfigError."""
        path = self.find(name)
        if path is None:
            raise _missing(name, self.folders)
        return path

    def read(self, name: str) -> Declaration:
        """Read the declaration of a model; raises ConfigError if there is none or it is wrong."""
        return Declaration.read(self.path(name))


def models_in(folder: Path) -> list[Path]:
    """Return the files of a folder that declare models, by name; those that declare something else are none."""
    others = {ROWS, TIERS, SEARCH}
    return sorted(file for file in folder.glob("*.toml") if file.name not in others)


def _missing(name: str, folders: tuple[Path, ...]) -> ConfigError:
    there = sorted({file.stem for folder in folders for file in models_in(folder)})
    where = " or ".join(map(str, folders))
    return ConfigError(expected=f"one of {there}", got=name, where=where)
