"""What a person sees while a night job runs: a line a step, with its time and rate, on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text


@dataclass(slots=True)
class Line:
    """One step as it is shown and reported.

    Attributes
    ----------
    name : str
    result : str
        What came of it, in a few words.
    done : bool
        False if nothing had changed, so nothing was done.
    seconds : float
    rows : int
        What the rate is counted in; 0 shows no rate.
    progress : rich.progress.Progress, optional
        What is on the screen while the step runs, for bars of its own.
    """

    name: str
    result: str = ""
    done: bool = True
    seconds: float = 0.0
    rows: int = 0
    progress: Progress | None = field(default=None, repr=False)

    def total(self, rows: int) -> None:
        """Say how much there is to do, which turns the spinner into a bar."""
        if self.progress is not None:
            self.progress.update(self.progress.task_ids[0], total=rows)

    def advance(self, rows: int) -> None:
        """Say that some more is done."""
        if self.progress is not None:
            self.progress.advance(self.progress.task_ids[0], rows)

    def say(self, what: str) -> None:
        """Say what the step is at, in place of its name, while it runs."""
        if self.progress is not None:
            self.progress.update(self.progress.task_ids[0], description=what)

    def text(self) -> str:
        """Return the line as it stands when the step has ended."""
        rate = f"  {self.rows / self.seconds:,.0f}/s" if self.rows and self.seconds > 0.01 else ""
        mark = "[green]✓[/green]" if self.done else "[dim]=[/dim]"
        took = f"{self.seconds:7.1f} s{rate}" if self.done else "unchanged"
        return f"{mark} {self.name:10} {took:>22}  {escape(self.result)}"


@dataclass(slots=True)
class Display:
    """All steps of one run.

    Attributes
    ----------
    lines : list of Line
        Those that have ended, in order.
    """

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    lines: list[Line] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Line]:
        """Show a spinner while the block runs, then its line."""
        line = Line(name)
        started = time.perf_counter()
        with _progress(self.console) as progress:
            progress.add_task(name, total=None)
            line.progress = progress
            yield line
            line.progress = None
        line.seconds = time.perf_counter() - started
        self.lines.append(line)
        self.console.print(line.text(), soft_wrap=True)


class _Rate(ProgressColumn):
    """How much of how much is done, and how fast; nothing while the total is unknown."""

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text()
        rate = f" {task.speed:,.0f}/s" if task.speed else ""
        return Text(f"{task.completed:,.0f}/{task.total:,.0f}{rate}")


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:10}"),
        BarColumn(bar_width=30),
        _Rate(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
