"""How every plot of a report looks, and a figure as inline SVG with the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#1d2433"
MUTED = "#6b7487"
GRID = "#e4e8f0"
COLOURS = ("#3b5bdb", "#e8590c", "#2b8a3e", "#9c36b5", "#c92a2a", "#0b7285", "#866118", "#495057")

_STYLE: Any = {
    "svg.hashsalt": "recsys",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "grid.color": GRID,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
}


@contextmanager
def axes(width: float, height: float) -> Iterator[tuple[Axes, list[str]]]:
    """Yield axes to draw on and a list that holds their SVG once they are drawn; sizes in inches."""
    drawn: list[str] = []
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure.add_subplot(), drawn
        drawn.append(_svg(figure))


def colour(index: int) -> str:
    """Return the colour of the ``index``-th model, the same in all plots."""
    return COLOURS[index % len(COLOURS)]


def on_white(svg: str) -> str:
    """Return a drawing as a file of its own, which stands on white wherever it is shown."""
    white = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return re.sub(r"(<svg [^>]*>)", rf"\1{white}", svg, count=1)


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    # A plot is as wide as its place in the page; ids are made distinct by the salt and content.
    return re.sub(
        r'(<svg [^>]*?)height="[^"]*" ([^>]*?)width="[^"]*"', r'\1\2class="plot"', text, count=1
    )
