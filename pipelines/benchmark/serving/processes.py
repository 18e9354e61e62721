"""What processes of this machine have used: time of its processors, and memory, as Linux counts them."""

from __future__ import annotations

import os
from pathlib import Path

from recsys.errors import ConfigError

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
PARENT, UTIME, CHILDREN_STIME = (field - 3 for field in (4, 14, 17))
"""Places of fields of ``proc_pid_stat`` among those that follow a name, the first of which is the third."""


def require_linux() -> None:
    """Raise ConfigError where processes cannot be looked at."""
    if not (_PROC / "self" / "stat").is_file():
        raise ConfigError(
            expected="Linux, which tells of processes in /proc", got=os.name, where="this machine"
        )


def tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents = {pid: int(fields[PARENT]) for pid, fields in _all().items()}
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(root: int) -> float:
    """Return what a process and its descendants have used, those that ended included."""
    every = _all()
    # Of the root's fields the last two count children that ended; living ones count for themselves.
    return sum(
        sum(map(int, every[pid][UTIME : CHILDREN_STIME + 1])) / _TICKS
        for pid in tree(root)
        if pid in every
    )


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds, shared pages included."""
    return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE


def _all() -> dict[int, list[str]]:
    """Return the fields of every process from the third on, by its number."""
    found = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue  # it ended meanwhile
            found[int(entry.name)] = text.rpartition(")")[2].split()
    return found
