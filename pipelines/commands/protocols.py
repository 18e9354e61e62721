"""What each protocol is posed with; ``benchmark.py`` makes commands of it, for models and for ablations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from pipelines.commands.posed import Posed

Ordered: TypeAlias = Annotated[
    Path,
    typer.Option(
        help="A folder with `sequences.parquet` (user_id, position and the title's id), or one that "
        "`recsys ingest` could read, ordered by time."
    ),
]
PartOption: TypeAlias = Annotated[
    Literal["test", "validation"],
    typer.Option(help="What is to be found: choose hyperparameters on the validation part."),
]
Events: TypeAlias = Annotated[Path, typer.Option(help="A folder that `recsys ingest` could read.")]
Cut: TypeAlias = Annotated[str, typer.Option(help="Learn from what was before this UTC date.")]
Later: TypeAlias = Annotated[
    float, typer.Option(help="Without --cut: the last share of interactions to be found.")
]
Metadata: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="Parquet with what titles are about, a row a `movie_id`: `overview`, `directors` and `cast` (lists of structs "
        "with a `name`), `keywords`, `year`, `runtime_minutes`.",
        exists=True,
        dir_okay=False,
    ),
]


def leave_last_out(*, data: Ordered, part: PartOption = "test", metadata: Metadata = None) -> Posed:
    """Find each viewer's last title among all that the viewer had not watched.

    Example: `recsys benchmark leave-last-out --data ml-1m --models ease,next-title`
    """
    from pipelines.benchmark.leave_last_out import load

    return Posed("leave-last-out", lambda: load(data, part=part, metadata=metadata))


def ncf(
    *,
    data: Annotated[
        Path, typer.Option(help="A folder with train.parquet and test.parquet with negatives.")
    ],
    part: PartOption = "test",
    metadata: Metadata = None,
) -> Posed:
    """Find one title of each viewer among itself and 99 that the viewer never watched.

    Example: `recsys benchmark ncf --data ml-1m-ncf --models ease,als`
    """
    from pipelines.benchmark.ncf import load

    return Posed("ncf", lambda: load(data, part=part, metadata=metadata))


def full_ranking(
    *,
    data: Annotated[
        Path, typer.Option(help="A folder with train.txt and test.txt, a line a viewer.")
    ],
    part: PartOption = "test",
) -> Posed:
    """Find a random part of each viewer's titles among all that is not in the other part.

    Example: `recsys benchmark full-ranking --data gowalla --models item-knn,als`
    """
    from pipelines.benchmark.full_ranking import load

    return Posed("full-ranking", lambda: load(data, part=part))


def strong_generalisation(
    *,
    data: Ordered,
    share: Annotated[float, typer.Option(help="Of the viewers, held out.")] = 0.2,
    fold_in: Annotated[
        Literal["time", "random"],
        typer.Option(help="Whether the earliest 80 % of a history are given, or random ones."),
    ] = "time",
    seed: Annotated[int, typer.Option(help="By which viewers are drawn.", min=0)] = 0,
    part: PartOption = "test",
    metadata: Metadata = None,
) -> Posed:
    """Find the rest of the histories of viewers from whom nothing was learned.

    Example: `recsys benchmark strong-generalisation --data ml-1m --models ease,als`
    """
    from pipelines.benchmark.strong_generalisation import load

    return Posed(
        "strong-generalisation",
        lambda: load(data, share=share, fold_in=fold_in, seed=seed, part=part, metadata=metadata),
        options={"fold_in": fold_in},
    )


def temporal(
    *,
    data: Events,
    cut: Cut = "",
    share: Later = 0.1,
    part: PartOption = "test",
) -> Posed:
    """Learn from all before a moment, be judged by what viewers watched after it.

    Every model is fitted in a process of its own, so that its peak memory is its own.

    Example: `recsys benchmark temporal --data ml-latest-small --json temporal.json`
    """
    from pipelines.benchmark.temporal import load, parse_moment

    moment = parse_moment(cut, "--cut") if cut else None
    return Posed("temporal", lambda: load(data, cut=moment, share=share, part=part))


def cold_titles(
    *,
    data: Events,
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
) -> Posed:
    """Find titles of which nothing was learned for those who watched them.

    Example: `recsys benchmark cold-titles --data ml-latest-2149 --models content,content-map`
    """
    from pipelines.benchmark.cold import load

    return Posed(
        "cold-titles",
        lambda: load(data, among=among, draw=draw, share=share, seed=seed, part=part),
    )


PROTOCOL_COMMANDS: dict[str, Callable[..., Posed]] = {
    "leave-last-out": leave_last_out,
    "ncf": ncf,
    "full-ranking": full_ranking,
    "strong-generalisation": strong_generalisation,
    "temporal": temporal,
    "cold-titles": cold_titles,
}
"""By the protocol's name; each takes its command's own options and poses the question, reading nothing yet."""
