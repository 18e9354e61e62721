"""The command ``recsys bundle``."""


def bundle() -> None:
    """Not written yet."""
