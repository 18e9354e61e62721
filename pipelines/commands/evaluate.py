"""The command ``recsys evaluate``."""


def evaluate() -> None:
    """Not written yet."""
