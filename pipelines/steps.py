"""A step whose inputs did not change is not done again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from pipelines.files import atomic_file, fingerprint


def run_step(
    store: Path,
    name: str,
    work: Callable[[], object],
    *,
    inputs: Iterable[Path],
    outputs: Iterable[Path],
    facts: Iterable[object] = (),
) -> bool:
    """Do ``work`` unless it was done before for the same inputs and its outputs still stand.

    Parameters
    ----------
    store : Path
        Its ``steps/<name>.json`` remembers what was done.
    name : str
    work : callable
        Reads ``inputs`` and ``facts`` alone, and writes ``outputs``.
    inputs, outputs : iterable of Path
        Files and folders; all inputs must exist.
    facts : iterable
        What else the result depends on, such as settings and the version of the code.

    Returns
    -------
    bool
        Whether the work was done.

    Raises
    ------
    InputError
        If an input is missing before the work, or an output after it.
    """
    inputs, outputs, stamp = list(inputs), list(outputs), store / "steps" / f"{name}.json"
    wanted = fingerprint(inputs, *facts)
    if all(path.exists() for path in outputs):
        done = {"inputs": wanted, "outputs": fingerprint(outputs)}
        if _read(stamp) == done:
            return False
    work()
    _write(stamp, {"inputs": wanted, "outputs": fingerprint(outputs)})
    return True


def _read(stamp: Path) -> object:
    try:
        return json.loads(stamp.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _write(stamp: Path, done: dict[str, str]) -> None:
    with atomic_file(stamp) as beside:
        beside.write_text(json.dumps(done, indent=1) + "\n")
