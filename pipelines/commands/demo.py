"""The command ``recsys demo``."""


def demo() -> None:
    """Not written yet."""
