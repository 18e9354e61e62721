"""A model as its TOML file declares it: which algorithm, with what, and what it must reach."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recsys.errors import ConfigError


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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    algorithm: str
    description: str
    config: dict[str, Any] = Field(default_factory=dict)
    gates: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Declaration:
        """Read one declaration.

        Raises
        ------
        ConfigError
            If the file is missing, not TOML, or has a field that is unknown or wrong.
        """
        try:
            return cls.model_validate({**tomllib.loads(path.read_text()), "name": path.stem})
        except FileNotFoundError:
            shelf = sorted(file.stem for file in path.parent.glob("*.toml"))
            raise ConfigError(
                expected=f"one of {shelf}", got=path.stem, where=path.parent
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(expected="valid TOML", got=error, where=path) from None
        except ValidationError as error:
            raise ConfigError.of(error, str(path), ", ") from None
