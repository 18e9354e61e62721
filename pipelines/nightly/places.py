"""Where in a store the night leaves what a person looks at, and how others keep out of its way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.files import lock
from recsys.errors import InputError

NIGHT = "night.lock"
"""Who holds it may write right of the privacy gate."""

OWN = ("built", "health", "judged", "reports", "steps")
"""Folders of a store that nobody writes to but who holds it."""

CHECKS = Path("health") / "checks.json"
"""What the newest checks of the data found; every record stays in the registry, below ``checks/``."""

REPORT = Path("reports") / "night.html"
"""The evaluation of the newest challenger."""
SHARED_REPORT = Path("reports") / "shared" / "night.html"
"""The same without anybody's history, for who has no access to the store."""

DRIFT_REPORT = Path("reports") / "shared" / "drift.html"
"""How the data and the models have moved; it shows nobody."""

SITTINGS = Path("judged") / "sittings"
"""What was learned of how viewers' sittings begin."""


@contextmanager
def between_nights(store: Path) -> Iterator[None]:
    """Keep the night from writing while lake and interactions are read, or built, by somebody else.

    Raises
    ------
    InputError
        If there is no lake yet; nothing is written then.
    BusyError
        If a night job is running in this store.
    """
    if not (store / "lake").is_dir():
        raise InputError(
            expected="a lake", got="none", where=store / "lake", hint="Run `recsys nightly` first"
        )
    with lock(store / NIGHT):
        yield
