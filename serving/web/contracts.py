"""What the page asks for besides recommendations."""

from __future__ import annotations

from pydantic import ConfigDict

from serving.contracts import Reply


class SampleViewer(Reply):
    """A viewer to look at."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"viewerId": "v00042", "titles": 31, "maximumAge": 12}]}
    )

    viewer_id: str
    titles: int
    """How many titles the history holds, every episode counting."""
    maximum_age: int | None
