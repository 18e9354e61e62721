"""The command ``recsys attack``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.options import JsonFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from pipelines.attacking import Attacked
    from recsys.metrics.interval import Interval
    from recsys.privacy.fragments import Cut


def attack(
    data: Annotated[Path, typer.Option(help="A folder that `recsys ingest` could read.")],
    *,
    targets: Annotated[int, typer.Option(help="Viewers who are attacked.", min=1)] = 1000,
    cut: Annotated[
        list[str] | None,
        typer.Option(
            help="Attack fragments too: most titles, most days, days of a date, least viewers, such as 5,30,30,5."
        ),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="What the gate lets through; RECSYS_PRIVACY_POLICY.")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Find viewers again in data that name nobody, as somebody who knows some of their titles would.

    The scoreboard attack of Narayanan and Shmatikov against the data as they are, against what the privacy gate
    makes of them, and against fragments of histories. Of two ways of weighing what fits, the one that does more harm counts.

    Example: `recsys attack --data path/to/ml-latest-small --cut 5,30,30,5 --json attack.json`
    """
    from tempfile import TemporaryDirectory

    from rich.console import Console

    from pipelines import attacking
    from pipelines.commands.common import settings_of, write_json
    from pipelines.nightly.display import Display
    from recsys.privacy.policy import Policy

    cuts = [_cut(text) for text in cut or []]
    rules = Policy.read(settings_of(privacy_policy=policy).privacy_policy)
    display, found = Display(), []
    with TemporaryDirectory() as folder:
        with display.step("read"):
            truth = attacking.truth_of(data)
        with display.step("gate"):
            gated = attacking.gated(data, truth, rules, Path(folder) / "store")
    for published in (attacking.raw(truth), gated, *(attacking.cut_up(truth, one) for one in cuts)):
        with display.step(published.name) as line:
            found.append(attacking.attack(truth, published, targets=targets, told=line.advance))
    if json_file is not None:
        write_json(
            json_file, {"data": data.resolve().name, "rows": [one.as_json() for one in found]}
        )
    Console().print(_table(found))


def _cut(text: str) -> Cut:
    from recsys.errors import ConfigError
    from recsys.privacy.fragments import Cut

    words = text.split(",")
    if len(words) != 4 or not all(word.strip().isdecimal() for word in words):
        raise ConfigError(
            expected="four numbers separated by commas, such as 5,30,30,5", got=text, where="--cut"
        )
    return Cut(*map(int, words))


def _table(found: Sequence[Attacked]) -> Table:
    from rich.table import Table

    from pipelines.attacking import FIGURES, KNOWLEDGES

    table = Table(
        title="what an attacker learns; means with 95 % intervals over the viewers attacked"
    )
    table.add_column("data")
    table.add_column("known of a viewer")
    for name in ("rightly linked", "further titles", "of the rest"):
        table.add_column(name, justify="right")
    for one in found:
        for at, knowledge in enumerate(KNOWLEDGES):
            figures = [one.worst(knowledge, figure) for figure in FIGURES]
            name = one.published.name if at == 0 else ""
            table.add_row(name, str(knowledge), *(_short(figure) for figure in figures))
        table.add_section()
    return table


def _short(figure: Interval) -> str:
    return f"{figure.mean:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
