"""A replica to send anything to, with a store and a database of its own: what is tried on it changes both."""

from dataclasses import dataclass
from pathlib import Path

import httpx

from recsys.search.kept import ensure
from recsys.settings import Settings
from serving.app import create_app
from serving.identity.contracts import Scope
from serving.identity.issuer import Issuer
from tests.serving import world

VIEWER = "v005"
NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"
DESCRIPTION = create_app(Settings(database_url=NOWHERE)).openapi()


@dataclass(frozen=True)
class Target:
    """Where it is, and the headers of each who may come."""

    url: str
    http: httpx.Client
    callers: dict[str, dict[str, str]]


def settings_of(folder: Path, registry: Path, database: str) -> Settings:
    """Make its store."""
    store = folder / "store"
    world.write_raw(store)
    ensure(store / "raw" / "titles.parquet", store / "search")
    return Settings(
        store=store,
        registry=registry,
        database_url=database,
        open_access=False,
        viewer_rate=0,
        address_rate=0,
        request_logs=False,
    )


def callers_of(settings: Settings) -> dict[str, dict[str, str]]:
    """The header of a viewer, of staff, of a service, and of nobody."""
    issuer, callers = Issuer.of(settings), {"nobody": {}}
    for scope in Scope:
        viewer = VIEWER if scope is Scope.VIEWER else None
        token = issuer.issue("account-1", [scope], viewer_id=viewer, minutes=600)
        callers[scope.value] = {"Authorization": f"Bearer {token}"}
    return callers
