"""The command ``recsys benchmark events``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.options import JsonFile


def intake(
    rate: Annotated[
        float, typer.Option(help="Events a second that are to be taken.", min=1)
    ] = 5000,
    *,
    batches: Annotated[
        str, typer.Option(help="Events of a request, each measured; separated by commas.")
    ] = "1,20",
    seconds: Annotated[float, typer.Option(help="Of each phase.", min=1)] = 20.0,
    workers: Annotated[int, typer.Option(help="Processes that serve.", min=1, max=64)] = 1,
    json_file: JsonFile = None,
) -> None:
    """Measure how many events a second are taken in, how fast, and what happens past that.

    Sends events that come by chance, whether the server keeps up or not, to `POST /api/analytics/event` and to a
    route that inserts row by row, each over a PostgreSQL of its own; then counts what is in the database.

    Exit code 0: measured; the JSON says which goals are met. 2: an acknowledged event is missing, or this machine is
    not usable.

    Example: `recsys benchmark events --rate 5000 --batches 1,20 --json events.json`
    """
    from rich.console import Console

    from pipelines.benchmark.intake.run import Plan, measure
    from pipelines.commands.common import write_json
    from pipelines.nightly.display import Display

    result = measure(Plan(rate, _sizes(batches), seconds, workers), Display())
    if json_file is not None:
        write_json(json_file, result.as_json())
    for table in result.tables():
        Console().print(table)


def _sizes(text: str) -> tuple[int, ...]:
    from recsys.errors import ConfigError

    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words or any(not word.isdecimal() or not 1 <= int(word) <= 10_000 for word in words):
        raise ConfigError(
            expected="numbers of events from 1 to 10000, separated by commas",
            got=text,
            where="--batches",
        )
    return tuple(int(word) for word in words)
