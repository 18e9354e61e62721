"""The one command-line program. Each room above adds its commands by an entry point."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import typer
from rich.console import Console

from recsys.errors import RecsysError

REFUSED = 2
"""Exit code when the input or the settings are not usable; nothing was written."""


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
    """Run the program; an error of ours is one line and exit code 2."""
    try:
        build()()
    except RecsysError as error:
        Console(stderr=True, soft_wrap=True).print(f"[red]recsys:[/red] {error}", highlight=False)
        sys.exit(REFUSED)
