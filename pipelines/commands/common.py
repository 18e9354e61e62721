"""What the commands of this room share."""

from __future__ import annotations

from typing import Any

from recsys.settings import Settings


def settings_of(**given: Any) -> Settings:
    """Return the settings of the environment, with what was given on the command line over them."""
    return Settings(**{name: value for name, value in given.items() if value is not None})
