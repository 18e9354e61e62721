"""The command ``recsys nightly``."""


def nightly() -> None:
    """Not written yet."""
