"""The command ``recsys ingest``."""


def ingest() -> None:
    """Not written yet."""
