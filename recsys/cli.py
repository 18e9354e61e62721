"""The one command-line program. Each room above adds its commands by an entry point."""

from __future__ import annotations

import os
import sys
import traceback
from importlib.metadata import entry_points

import typer
from rich.console import Console
from rich.text import Text

from recsys.errors import RecsysError

REFUSED = 2
"""Exit code when the input or the settings are not usable; nothing was written."""


DEBUG = "RECSYS_DEBUG"
"""Set, it shows where an error came from."""

_FOREIGN = {
    "duckdb": "Error",
    "json": "JSONDecodeError",
    "pyarrow": "ArrowException",
    "pydantic": "ValidationError",
}
"""What libraries raise over a file or a setting that no reader of ours has caught."""


def build() -> typer.Typer:
    """Return the program with the commands of every installed room.

    An entry point of the group ``recsys.commands`` is a function (one command) or a
    ``typer.Typer`` (a group of commands), named as the user types it.
    """
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        help="Recommendations and personalization for video streaming.",
    )
    for point in sorted(entry_points(group="recsys.commands"), key=lambda point: point.name):
        command = point.load()
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=point.name)
        else:
            app.command(point.name)(command)
    return app


def main() -> None:
    """Run the program; what is wrong with the input or a setting is one line and exit code 2."""
    try:
        build()()
    except RecsysError as error:
        _refuse(str(error))
    except Exception as error:
        # Which libraries are loaded is known only now, and none is to be loaded for this.
        if not isinstance(error, (OSError, *_foreign())):
            raise
        said = " ".join(str(error).split())
        _refuse(f"{type(error).__name__}: {said}. {DEBUG}=1 shows where it came from")


def _foreign() -> list[type[Exception]]:
    return [
        getattr(sys.modules[name], kind) for name, kind in _FOREIGN.items() if name in sys.modules
    ]


def _refuse(said: str) -> None:
    if os.environ.get(DEBUG):
        traceback.print_exc()
    # What came may hold brackets, which are no markup.
    line = Text.assemble(("recsys:", "red"), " ", said)
    Console(stderr=True, soft_wrap=True).print(line, highlight=False)
    sys.exit(REFUSED)
