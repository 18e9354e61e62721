"""The command ``recsys token``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recsys.errors import ConfigError
from recsys.settings import Settings
from serving.identity.contracts import Scope


def token(
    *,
    viewer: Annotated[str | None, typer.Option(help="The profile that the token is of.")] = None,
    account: Annotated[
        str, typer.Option(help="The account; of staff and services, their name.")
    ] = "demo",
    scope: Annotated[list[Scope] | None, typer.Option(help="What it is good for.")] = None,
    minutes: Annotated[float, typer.Option(help="For how long, up to 7 days.")] = 60,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Sign with a new key from now on; prints its id.")
    ] = False,
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
) -> None:
    """Print a bearer token of this machine's own issuer, for the demo and for trying the API.

    Its key lies in the store, made at the first use, and its owner alone may read it. After `--rotate` the old key
    still verifies for 7 days, as long as a token can last.

    Exit code 0: printed. 2: a setting is not usable, or tokens come from elsewhere (RECSYS_JWKS_URL).

    Example: `curl -H "Authorization: Bearer $(recsys token --viewer v00042)" localhost:8000/api/recommendations/home`
    """
    from serving.identity.issuer import Issuer

    given: dict[str, Any] = {} if store is None else {"store": store}
    issuer = Issuer.of(Settings(**given))
    if rotate:
        typer.echo(issuer.keys.rotate())
        return
    scopes = scope or [Scope.VIEWER]
    if Scope.VIEWER not in scopes and viewer is not None:
        raise ConfigError(
            expected="scope viewer, with --viewer", got=" ".join(scopes), where="--scope"
        )
    typer.echo(issuer.issue(account, scopes, viewer_id=viewer, minutes=minutes))
