"""The evaluation report: one HTML file with all it needs inside, for a person to read."""

from pipelines.report.judged import Judged
from pipelines.report.write import render, write

__all__ = ["Judged", "render", "write"]
