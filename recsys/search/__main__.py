"""``python -m recsys.search TITLES FOLDER``: makes the index of a catalog, in a process of its own.

Exit code 0: it is there. 2: the catalog is none, or somebody else is making it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from recsys.errors import RecsysError
from recsys.search.kept import ensure


def main(catalog: str, folder: str) -> int:
    """Make it, and say what went wrong on the standard error."""
    try:
        ensure(Path(catalog), Path(folder))
    except RecsysError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
