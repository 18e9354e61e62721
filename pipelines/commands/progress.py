"""The progress bar of steps whose end is not known beforehand: rows so far, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def rows_progress(what: str) -> Iterator[Callable[[int], None]]:
    """Draw a bar on stderr; the function that comes with it is told of each further number of rows."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{int(task.completed):,} rows, {int(task.speed or 0):,} rows/s")

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        Rate(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(what, total=None)

        def advance(rows: int) -> None:
            progress.update(bar, advance=rows)

        yield advance
