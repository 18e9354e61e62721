"""The command ``recsys train``."""


def train() -> None:
    """Not written yet."""
