"""A command for each protocol by which models are compared; ``benchmark.py`` puts them into one group."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from pipelines.commands.options import JsonFile, ListsFile

if TYPE_CHECKING:
    from pipelines.benchmark.data import Data
    from pipelines.benchmark.result import Result

Ordered: TypeAlias = Annotated[
    Path,
    typer.Option(
        help="A folder with `sequences.parquet` (user_id, position and the title's id), or one that "
        "`recsys ingest` could read, ordered by time."
    ),
]
Models: TypeAlias = Annotated[
    str, typer.Option(help="Names of declared models, separated by commas; by default a few.")
]
PartOption: TypeAlias = Annotated[
    Literal["test", "validation"],
    typer.Option(help="What is to be found: choose hyperparameters on the validation part."),
]
ShelfOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="A folder of declarations that comes before all others.",
        exists=True,
        file_okay=False,
    ),
]
Metadata: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Parquet with what titles are about.", exists=True, dir_okay=False),
]


def leave_last_out(
    *,
    data: Ordered,
    models: Models = "",
    part: PartOption = "test",
    metadata: Metadata = None,
    shelf: ShelfOption = None,
    lists: ListsFile = None,
    json_file: JsonFile = None,
) -> None:
    """Find each viewer's last title among all that the viewer had not watched.

    Example: `recsys benchmark leave-last-out --data ml-1m --models ease,next-title`
    """
    from pipelines.benchmark.leave_last_out import load

    _run(
        "leave-last-out",
        lambda: load(data, part=part, metadata=metadata),
        models=models,
        shelf=shelf,
        json_file=json_file,
        lists=lists,
    )


def ncf(
    *,
    data: Annotated[
        Path, typer.Option(help="A folder with train.parquet and test.parquet with negatives.")
    ],
    models: Models = "",
    part: PartOption = "test",
    metadata: Metadata = None,
    shelf: ShelfOption = None,
    lists: ListsFile = None,
    json_file: JsonFile = None,
) -> None:
    """Find one title of each viewer among itself and 99 that the viewer never watched.

    Example: `recsys benchmark ncf --data ml-1m-ncf --models ease,als`
    """
    from pipelines.benchmark.ncf import load

    _run(
        "ncf",
        lambda: load(data, part=part, metadata=metadata),
        models=models,
        shelf=shelf,
        json_file=json_file,
        lists=lists,
    )


def full_ranking(
    *,
    data: Annotated[
        Path, typer.Option(help="A folder with train.txt and test.txt, a line a viewer.")
    ],
    models: Models = "",
    part: PartOption = "test",
    shelf: ShelfOption = None,
    lists: ListsFile = None,
    json_file: JsonFile = None,
) -> None:
    """Find a random part of each viewer's titles among all that is not in the other part.

    Example: `recsys benchmark full-ranking --data gowalla --models item-knn,als`
    """
    from pipelines.benchmark.full_ranking import load

    _run(
        "full-ranking",
        lambda: load(data, part=part),
        models=models,
        shelf=shelf,
        json_file=json_file,
        lists=lists,
    )


def strong_generalisation(
    *,
    data: Ordered,
    models: Models = "",
    share: Annotated[float, typer.Option(help="Of the viewers, held out.")] = 0.2,
    fold_in: Annotated[
        Literal["time", "random"],
        typer.Option(help="Whether the earliest 80 % of a history are given, or random ones."),
    ] = "time",
    seed: Annotated[int, typer.Option(help="By which viewers are drawn.", min=0)] = 0,
    part: PartOption = "test",
    metadata: Metadata = None,
    shelf: ShelfOption = None,
    lists: ListsFile = None,
    json_file: JsonFile = None,
) -> None:
    """Find the rest of the histories of viewers from whom nothing was learned.

    Example: `recsys benchmark strong-generalisation --data ml-1m --models ease,als`
    """
    from pipelines.benchmark.strong_generalisation import load

    _run(
        "strong-generalisation",
        lambda: load(data, share=share, fold_in=fold_in, seed=seed, part=part, metadata=metadata),
        models=models,
        shelf=shelf,
        json_file=json_file,
        lists=lists,
        options={"fold_in": fold_in},
    )


def temporal(
    *,
    data: Annotated[Path, typer.Option(help="A folder that `recsys ingest` could read.")],
    models: Models = "",
    cut: Annotated[str, typer.Option(help="Learn from what was before this UTC date.")] = "",
    share: Annotated[
        float, typer.Option(help="Without --cut: the last share of interactions to be found.")
    ] = 0.1,
    part: PartOption = "test",
    shelf: ShelfOption = None,
    lists: ListsFile = None,
    json_file: JsonFile = None,
) -> None:
    """Learn from all before a moment, be judged by what viewers watched after it.

    Every model is fitted in a process of its own, so that its peak memory is its own.

    Example: `recsys benchmark temporal --data ml-latest-small --json temporal.json`
    """
    from pipelines.benchmark.temporal import load, parse_moment

    moment = parse_moment(cut, "--cut") if cut else None
    _run(
        "temporal",
        lambda: load(data, cut=moment, share=share, part=part),
        models=models,
        shelf=shelf,
        json_file=json_file,
        lists=lists,
    )


def cold_titles(
    *,
    data: Annotated[Path, typer.Option(help="A folder that `recsys ingest` could read.")],
    models: Models = "",
    among: Annotated[
        Literal["cold", "all"],
        typer.Option(help="Find the held-out titles among themselves, or in the whole catalog."),
    ] = "cold",
    draw: Annotated[
        Literal["random", "newest"], typer.Option(help="Which titles are held out.")
    ] = "random",
    share: Annotated[float, typer.Option(help="Of the watched titles, held out.")] = 0.2,
    seed: Annotated[int, typer.Option(help="By which titles are drawn.", min=0)] = 0,
    part: PartOption = "test",
    shelf: ShelfOption = None,
    lists: ListsFile = None,
    json_file: JsonFile = None,
) -> None:
    """Find titles of which nothing was learned for those who watched them.

    Example: `recsys benchmark cold-titles --data ml-latest-small --models content,content-map`
    """
    from pipelines.benchmark.cold import load

    _run(
        "cold-titles",
        lambda: load(data, among=among, draw=draw, share=share, seed=seed, part=part),
        models=models,
        shelf=shelf,
        json_file=json_file,
        lists=lists,
    )


def names_of(text: str) -> list[str]:
    """Return names that are separated by commas."""
    return [one.strip() for one in text.split(",") if one.strip()]


def tell(result: "Result") -> None:
    """Print what a benchmark found."""
    from rich.console import Console

    from pipelines.benchmark.tables import tables

    console = Console()
    facts = result.data.facts
    console.print(
        f"{facts['train_interactions']:,} interactions"
        + (f" before {facts['cut']}" if "cut" in facts else "")
        + f", {facts['titles']:,} titles; {facts['held_out']:,} to find for {facts['viewers']:,} viewers, "
        f"{facts['cold_viewers']:,} of them new ({facts['part']} part {result.data.test_sha256[:16]})"
    )
    for table in tables(result):
        console.print(table)


def _run(
    name: str,
    load: "Callable[[], Data]",
    *,
    models: str,
    shelf: Path | None,
    json_file: Path | None,
    lists: Path | None,
    options: Mapping[str, str] = MappingProxyType({}),
) -> None:
    from pipelines.benchmark.protocol import PROTOCOLS
    from pipelines.benchmark.run import run
    from recsys.declaration import Shelf
    from recsys.settings import Settings

    protocol = PROTOCOLS[name]
    names = names_of(models) or protocol.models
    folders = Shelf.of(Settings().declarations, protocol.asked(options), first=shelf)
    result = run(protocol, load, names, folders)
    if json_file is not None:
        result.write(json_file)
    if lists is not None:
        result.write_lists(lists)
    tell(result)
    # What others found is told and kept before one's refusal ends the command.
    for error in result.refused.values():
        raise error
