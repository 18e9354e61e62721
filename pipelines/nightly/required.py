"""What a night cannot do without, looked for before anything is written."""

from __future__ import annotations

from pipelines.health.policy import HealthPolicy
from recsys.errors import ConfigError, InputError
from recsys.settings import Settings


def require_input(settings: Settings) -> None:
    """Refuse a store or a policy that is not there, or checks that are not as they should be.

    Raises
    ------
    InputError
        If the store holds nothing, and there is no database that anything could be collected from.
    ConfigError
        If there is no policy, or the checks of a day's data are not declared, or wrongly.
    """
    sources = (settings.store / "raw", settings.store / "postgres")
    if not settings.database_url and not any(one.is_dir() for one in sources):
        raise InputError(
            expected="raw events",
            got="none, and no database to collect any from",
            where=settings.store,
            hint="Run `recsys ingest` first",
        )
    if not settings.privacy_policy.is_file():
        raise ConfigError(
            expected="a privacy policy, a file", got="none", where=settings.privacy_policy
        )
    HealthPolicy.read(settings.health_policy)
