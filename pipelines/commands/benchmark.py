"""The commands ``recsys benchmark …``: one a protocol, and one for speed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.options import JsonFile

if TYPE_CHECKING:
    from pipelines.benchmark.ingest import Speed

benchmark = typer.Typer(
    no_args_is_help=True, help="Compare models on public data sets, each protocol a command."
)


@benchmark.callback()
def protocols() -> None:
    """Compare models on public data sets, each protocol a command."""


@benchmark.command()
def temporal(
    *,
    data: Annotated[Path, typer.Option(help="A folder that `recsys ingest` could read.")],
    models: Annotated[
        str, typer.Option(help="Names of declared models, separated by commas.")
    ] = "popularity,als,ease,item-knn,content,hybrid",
    cut: Annotated[str, typer.Option(help="Learn from what was before this UTC date.")] = "",
    share: Annotated[
        float, typer.Option(help="Without --cut: the last share of interactions to be found.")
    ] = 0.1,
    json_file: JsonFile = None,
) -> None:
    """Learn from all before a moment, be judged by what viewers watched after it.

    Every model is fitted in a process of its own, so that its peak memory is its own.

    Example: `recsys benchmark temporal --data ml-latest-small --json temporal.json`
    """
    from rich.console import Console

    from pipelines.benchmark.data import parse_moment
    from pipelines.benchmark.temporal import temporal as run
    from recsys.settings import Settings

    names = [name.strip() for name in models.split(",") if name.strip()]
    moment = parse_moment(cut, "--cut") if cut else None
    result = run(data, names, Settings().declarations, cut=moment, share=share)
    if json_file is not None:
        result.write(json_file)
    facts = result.facts
    console = Console()
    console.print(
        f"{facts['train_interactions']:,} interactions before {facts['cut']}; {facts['held_out']:,} titles "
        f"to find for {facts['viewers']:,} viewers, {facts['cold_viewers']:,} of them new"
    )
    for table in result.tables():
        console.print(table)


@benchmark.command()
def ingest(
    data: Annotated[
        Path | None, typer.Option(help="What `recsys ingest` reads; a made world by default.")
    ] = None,
    viewers: Annotated[
        int, typer.Option(help="Of the made world, each with some 195 events.", min=100)
    ] = 10_000,
    json_file: JsonFile = None,
) -> None:
    """Measure how many events a second an ingest takes in.

    The store is empty and thrown away. Making a world of 10,000 viewers takes a minute.

    Example: `recsys benchmark ingest --json ingest.json`
    """
    from pipelines.benchmark.ingest import ingest_speed
    from pipelines.commands.common import write_json

    speed = ingest_speed(data, viewers)
    if json_file is not None:
        write_json(json_file, _as_all_write(data, speed, viewers))
    typer.echo(
        f"{speed.events:,} events in {speed.seconds:.2f} s on {speed.cores} cores: "
        f"{speed.events_per_second:,.0f} a second, at most {speed.peak_rss_bytes / 1e6:,.0f} MB"
    )


def _as_all_write(data: Path | None, speed: "Speed", viewers: int) -> dict[str, object]:
    """Return what every benchmark writes; nothing is held out and nothing is asked here."""
    row = {
        "model": "ingest",
        "metrics": {"events_per_second": speed.events_per_second},
        "intervals": {},
        "fit_seconds": speed.seconds,
        "score_seconds": 0.0,
        "peak_rss_bytes": speed.peak_rss_bytes,
        "config": {"events": speed.events, "titles": speed.titles, "cores": speed.cores},
    }
    name = f"made world of {viewers} viewers" if data is None else data.resolve().name
    return {"benchmark": "ingest", "data": name, "test_sha256": None, "rows": [row]}
