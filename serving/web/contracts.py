"""What the page asks for besides recommendations."""

from __future__ import annotations

from serving.contracts import Contract


class SampleViewer(Contract):
    """A viewer to look at."""

    viewer_id: str
    titles: int
    """How many titles the history holds, every episode counting."""
    maximum_age: int | None
