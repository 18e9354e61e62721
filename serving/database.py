"""The one door to SQLAlchemy: an engine over PostgreSQL that may die and come back.

A thread asks once a second whether the database is there. While it is not, every use fails at
once (``DatabaseDownError``) instead of waiting, and what answers requests does without.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Self, TypeVar

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from recsys.errors import ConfigError, RecsysError
from recsys.settings import Settings
from serving.postgres import EmbeddedPostgres

log = structlog.get_logger()

__all__ = [
    "Connection",
    "DBAPIError",
    "Database",
    "DatabaseDownError",
    "migrate",
]

CHECK_SECONDS = 1.0
MIGRATION_LOCK = 7_203_941
"""Key of the advisory lock under which one replica migrates while others wait."""
OPTIONS = "-c timezone=utc -c statement_timeout=5s -c lock_timeout=5s"

ATTEMPTS = 4
"""How often a transaction is tried that meets another's, before the client is asked to come again."""

Transaction = Callable[[], AbstractContextManager[Connection]]
Answer = TypeVar("Answer")


class DatabaseDownError(RecsysError):
    """The operational database does not answer."""

    @classmethod
    def now(cls) -> Self:
        """Return the error, as it is always worded."""
        return cls(
            expected="an answer of the database", got="none", where="database", hint="Try again"
        )


class Database:
    """The operational database of one process.

    Parameters
    ----------
    settings : Settings
        ``database_url``, or an embedded server in ``store``.
    prepare : callable
        What is to be done once, when it was reached for the first time and before anyone else may
        use it; gets what opens a transaction.
    tend : callable
        What is to be done at every check while it is up.
    """

    def __init__(
        self,
        settings: Settings,
        prepare: Callable[[Transaction], None],
        tend: Callable[[Database], None],
    ) -> None:
        self._url = settings.database_url
        self._embedded = None if self._url else EmbeddedPostgres(settings.store / "postgres")
        self._prepare, self._tend = prepare, tend
        self._engine: Engine | None = None
        self._alone: Engine | None = None
        self._up = self._prepared = False
        self._trouble = ""
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="database", daemon=True)
        _check_url(self._url)

    @property
    def embedded(self) -> bool:
        """Whether the process brought the database itself, as it does on one machine."""
        return self._embedded is not None

    @property
    def up(self) -> bool:
        """Whether it is prepared, and answered when it was last asked."""
        return self._up

    @property
    def address(self) -> str:
        """Where it is, for a connection of one's own; "" while it does not answer."""
        if not self._up:
            return ""
        return self._embedded.url() if self._embedded else self._url

    def open(self) -> None:
        """Try to reach it once, then keep looking after it."""
        self._check()
        self._watcher.start()

    def close(self) -> None:
        """Let go of every connection, and of the embedded server."""
        self._stopping.set()
        self._watcher.join()
        if self._engine:
            self._engine.dispose()
        if self._embedded:
            self._embedded.stop()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose changes are committed when the block ends.

        Raises
        ------
        DatabaseDownError
            If the database does not answer, or is known not to.
        """
        if not self._up:
            raise DatabaseDownError.now()
        with self._transaction() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for one statement that changes nothing: it spares the trips that begin and end more.

        Raises
        ------
        DatabaseDownError
            As ``transaction`` does.
        """
        if not self._up:
            raise DatabaseDownError.now()
        with self._opened(self._alone, Engine.connect) as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._opened(self._engine, Engine.begin) as connection:
            yield connection

    @contextmanager
    def _opened(
        self, engine: Engine | None, how: Callable[[Engine], AbstractContextManager[Connection]]
    ) -> Iterator[Connection]:
        if engine is None:
            raise DatabaseDownError.now()
        try:
            with how(engine) as connection:
                yield connection
        except PoolTimeoutError:
            raise DatabaseDownError.now() from None
        except DBAPIError as error:
            if not _is_outage(error):
                raise
            self._up = False
            log.warning("database.down", error=str(error.orig))
            raise DatabaseDownError.now() from error

    def retried(self, work: Callable[[Connection], Answer]) -> Answer:
        """Do work in a transaction, and do it again where it met another's and had to give way.

        Raises
        ------
        DatabaseDownError
            If the database does not answer, or every attempt met another's; nothing was written.
        """
        for attempt in range(ATTEMPTS):
            try:
                with self.transaction() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not _is_conflict(error):
                    raise
                log.warning("database.conflict", attempt=attempt, error=str(error.orig))
            time.sleep(0.02 * 2**attempt)
        raise DatabaseDownError.now()

    def _watch(self) -> None:
        while not self._stopping.wait(CHECK_SECONDS):
            self._check()

    def _check(self) -> None:
        """Find out whether the database answers; whatever is wrong with it, look again later."""
        try:
            self._look()
        except Exception as error:  # noqa: BLE001  the watch must outlive whatever it meets
            self._up = False
            if self._trouble != (trouble := f"{type(error).__name__}: {error}"):
                log.warning("database.unreachable", error=trouble)
            self._trouble = trouble
        else:
            self._trouble = ""

    def _look(self) -> None:
        """Start, migrate and prepare it where that is due; only then may others use it."""
        if self._engine is None:
            self._engine = self._reach()
            self._alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        if self._embedded and not self._up:
            self._embedded.ensure_running()
        with self._engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        if not self._prepared:
            self._prepare(self._transaction)
            self._prepared = True
        self._up = True
        self._tend(self)

    def _reach(self) -> Engine:
        if self._embedded:
            self._embedded.ensure_running()
        url = self._embedded.url() if self._embedded else self._url
        engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=16,
            max_overflow=0,
            pool_timeout=2,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 2, "options": OPTIONS},
        )
        migrate(engine)
        return engine


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest form, one replica at a time."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _check_url(url: str) -> None:
    if url and not url.startswith("postgresql://"):
        raise ConfigError(
            expected="postgresql://user:password@host/database",
            got=url.split(":", maxsplit=1)[0] + ":…",
            where="RECSYS_DATABASE_URL",
        )


def _is_conflict(error: DBAPIError) -> bool:
    """Tell whether a transaction was sound and only gave way: serialization, deadlock, lock timeout."""
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "55P03"}


def _is_outage(error: DBAPIError) -> bool:
    """Tell a database that is gone from a statement that is wrong, by the SQLSTATE."""
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state[:2] in {"08", "53", "57", "58"}
