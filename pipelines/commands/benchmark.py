"""The commands ``recsys benchmark …``: one a protocol, one for all of them, and two for speed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.comparing import ablate, compare, names_of, race, tell
from pipelines.commands.intake import intake
from pipelines.commands.options import JsonFile
from pipelines.commands.pages import pages
from pipelines.commands.posed import command
from pipelines.commands.protocols import PROTOCOL_COMMANDS
from pipelines.commands.search import search
from pipelines.commands.serving import serving

if TYPE_CHECKING:
    from pipelines.benchmark.ingest import Speed

ABLATION = """What each part of a hybrid adds, asked the question of this protocol.

Rankers are taught with and without each part and compared on viewers of the training part, from whom
they did not learn; what is to be found is not looked at.

Example: `recsys benchmark ablation {} --data path/to/data --json ablation.json`
"""

RACE = """How long a model takes to be as good as a rival was whose answer lies beside.

It is fitted with one iteration, two, and so on, each time anew; seconds are of the first fit that is as good.

Example: `recsys benchmark time-to-quality {} --data path/to/data --beside answers`
"""

benchmark = typer.Typer(
    no_args_is_help=True, help="Compare models on public data sets, each protocol a command."
)


@benchmark.callback()
def protocols() -> None:
    """Compare models on public data sets, each protocol a command."""


ablation = typer.Typer(
    no_args_is_help=True, help="What each part of a hybrid adds, by a protocol's training part."
)
benchmark.add_typer(ablation, name="ablation")
time_to_quality = typer.Typer(
    no_args_is_help=True, help="How long a model takes to be as good as a rival from elsewhere."
)
benchmark.add_typer(time_to_quality, name="time-to-quality")

for name, pose in PROTOCOL_COMMANDS.items():
    benchmark.command(name)(command(pose, compare))
    ablation.command(name)(command(pose, ablate, ABLATION.format(name)))
    time_to_quality.command(name)(command(pose, race, RACE.format(name)))


benchmark.command("pages")(pages)
benchmark.command()(serving)
benchmark.command("events")(intake)
benchmark.command()(search)


@benchmark.command("all")
def everything(
    *,
    data_root: Annotated[
        Path,
        typer.Option(
            help="The folder with a folder for each data set.",
            envvar="RECSYS_DATA",
            exists=True,
            file_okay=False,
        ),
    ] = Path("../shared/data"),
    only: Annotated[str, typer.Option(help="Protocols to run, separated by commas.")] = "",
    folder: Annotated[
        Path, typer.Option(help="Keeps answers, so that a run goes on where it was stopped.")
    ] = Path("data/benchmarks"),
    document: Annotated[Path, typer.Option(help="What is written of all of them.")] = Path(
        "docs/benchmarks.md"
    ),
    fresh: Annotated[
        bool, typer.Option(help="Fit again what is kept, as after other versions of libraries.")
    ] = False,
) -> None:
    """Run every protocol with its models, and write the document with tables and plots.

    What was fitted before with the same hyperparameters and code, on the same data and for lists as long, is not fitted
    again. The code is all of `recsys` and `features`: after any change there, everything is fitted anew.

    Example: `recsys benchmark all --data-root path/to/data --only ncf,temporal`
    """
    from pipelines.benchmark.everything import everything as run
    from pipelines.benchmark.protocol import PROTOCOLS
    from recsys.errors import ConfigError
    from recsys.settings import Settings

    names = names_of(only)
    if unknown := sorted(set(names) - set(PROTOCOLS)):
        raise ConfigError(expected=f"some of {list(PROTOCOLS)}", got=unknown, where="--only")
    run(
        data_root,
        Settings().declarations,
        folder,
        document,
        only=names,
        fresh=fresh,
        told=tell,
    )


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
