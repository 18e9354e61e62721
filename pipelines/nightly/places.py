"""Where in a store the night leaves what a person looks at."""

from pathlib import Path

REPORT = Path("reports") / "night.html"
"""The evaluation of the newest challenger."""
