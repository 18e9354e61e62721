"""Files that people write: TOML, read as what it declares, and what is wrong with it named."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from recsys.errors import ConfigError

Declared = TypeVar("Declared", bound=BaseModel)


def read_toml(path: Path, declared: type[Declared], what: str, **besides: Any) -> Declared:
    """Read a TOML file.

    Parameters
    ----------
    path : Path
    declared : type of BaseModel
        What it declares.
    what : str
        The same in words, such as "a privacy policy".
    **besides
        Fields that the file does not say.

    Raises
    ------
    ConfigError
        If the file is missing, unreadable or not TOML, or has a field that is unknown or wrong.
    """
    try:
        return declared.model_validate({**tomllib.loads(path.read_text()), **besides})
    except FileNotFoundError:
        raise ConfigError(expected=what, got="no file", where=path) from None
    except OSError as error:
        raise ConfigError(expected=what, got=error.strerror, where=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(expected="valid TOML", got=error, where=path) from None
    except ValidationError as error:
        raise ConfigError.of(error, str(path), ", ") from None
