"""The command ``recsys serve``."""


def serve() -> None:
    """Not written yet."""
