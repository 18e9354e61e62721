"""The command ``recsys ingest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.options import JsonFile

if TYPE_CHECKING:
    from pipelines.ingest import IngestReport


def ingest(
    path: Annotated[Path, typer.Argument(help="A MovieLens folder, or files in our schemas.")],
    store: Annotated[Path | None, typer.Option(help="Where to; by default RECSYS_STORE.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Add events, titles and viewers to the store, wholly or not at all.

    Each event id counts once. A bad row goes to `raw/quarantine` with its line and the reason;
    if more than 1 % are bad, nothing is written and the exit code is 2.

    Example: `recsys ingest ml-latest-small --json counts.json`
    """
    from dataclasses import asdict

    from pipelines.commands.common import settings_of, write_json
    from pipelines.commands.progress import rows_progress
    from pipelines.ingest import ingest as run

    store = settings_of(store=store).store
    with rows_progress(f"ingest {path.name}") as advance:
        report = run(path, store, progress=advance)
    _show(report, store)
    if json_file is not None:
        write_json(json_file, asdict(report))


def _show(report: IngestReport, store: Path) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(f"ingested into {store}"))
    table.add_column("rows")
    table.add_column("count", justify="right")
    table.add_row("events, new", f"{report.events_new:,}")
    table.add_row("events, known already", f"{report.events_read - report.events_new:,}")
    table.add_row("titles", f"{report.titles_read:,}")
    table.add_row("viewers", f"{report.viewers_read:,}")
    for reason, count in report.reasons.items():
        table.add_row(f"[yellow]{escape(f'bad: {reason}')}", f"[yellow]{count:,}")
    console = Console()
    console.print(table)
    for name in report.quarantine:
        path = store / "raw" / "quarantine" / name
        console.print(f"bad rows: {path}", soft_wrap=True, markup=False)
