"""The command ``recsys benchmark``."""


def benchmark() -> None:
    """Not written yet."""
