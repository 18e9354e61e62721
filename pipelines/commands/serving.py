"""The command ``recsys benchmark serving``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import JsonFile


def serving(
    titles: Annotated[
        int, typer.Option(help="That can be recommended; episodes come besides.", min=1000)
    ] = 100_000,
    viewers: Annotated[
        int, typer.Option(help="Each with a short history in the database.", min=1000)
    ] = 100_000,
    *,
    sampled: Annotated[
        int, typer.Option(help="Of them, whom the bundle learns from.", min=1000)
    ] = 100_000,
    seconds: Annotated[
        float, typer.Option(help="Of each search for the end and of each open loop.", min=1)
    ] = 20.0,
    workers: Annotated[int, typer.Option(help="Processes that serve.", min=1, max=64)] = 1,
    price: Annotated[float, typer.Option(help="Of a core for an hour, in USD.", min=0)] = 0.05,
    growth: Annotated[
        str, typer.Option(help="Numbers of titles to measure besides, such as 10000,1000000.")
    ] = "",
    picture: Annotated[Path, typer.Option(help="Where growth is drawn.")] = Path(
        "docs/benchmarks/serving-growth.svg"
    ),
    folder: Annotated[
        Path, typer.Option(help="Keeps the worlds; one of the same size is used again.")
    ] = Path("data/benchmarks/serving"),
    json_file: JsonFile = None,
) -> None:
    """Measure how many pages a second are served, how fast, and at what cost, beside what is the least possible.

    Makes a world of that size (once), serves it, and asks: the bare framework for the same bytes, the real
    routes, what one would write by hand with `implicit`, and retrieval beside a raw FAISS search. Latency is
    measured at 70 % of what is answered at most, from when each request was due. A million viewers take some
    minutes to be taken into the database, the first time.

    Exit code 0: measured; the JSON says which goals are met. 2: the input or this machine is not usable.

    Example: `recsys benchmark serving --titles 100000 --viewers 1000000 --json serving.json`
    """
    from dataclasses import replace

    from rich.console import Console

    from pipelines.benchmark.serving.growth import grown, of_result, write_growth
    from pipelines.benchmark.serving.place import Place
    from pipelines.benchmark.serving.run import Plan, measure
    from pipelines.benchmark.serving.tables import tables
    from pipelines.commands.common import write_json
    from pipelines.nightly.display import Display
    from recsys.settings import Settings

    sizes, plan, settings = _sizes(growth), Plan(seconds, price, workers), Settings()
    display = Display()
    result = measure(Place.of(folder, titles, viewers, sampled), plan, settings, display)
    if sizes:
        few = min(viewers, 100_000)
        places = [Place.of(folder, size, few, sampled) for size in sizes if size != titles]
        measured = [grown(place, plan, settings, display) for place in places]
        result = replace(result, growth=[of_result(result), *measured])
        write_growth(picture, result.growth)
    if json_file is not None:
        write_json(json_file, result.as_json())
    for table in tables(result):
        Console().print(table)


def _sizes(text: str) -> list[int]:
    from recsys.errors import ConfigError

    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if not word.isdecimal() or int(word) < 1000:
            raise ConfigError(
                expected="numbers of titles, at least 1000, separated by commas",
                got=word,
                where="--growth",
            )
    return [int(word) for word in words]
