"""Every setting, read from the environment once by whoever starts a process, and handed down."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from recsys.errors import ConfigError


class Settings(BaseSettings):
    """Where things are; ``RECSYS_STORE`` sets ``store``, and so on.

    Attributes
    ----------
    store : Path
        Everything that the pipelines generate: raw events, lake, reports, tracking.
    registry : Path
        Trained bundles and the champion.
    declarations : Path
        The folder of ``<model>.toml``.
    privacy_policy : Path
        What the gate lets through.
    database_url : str
        Any PostgreSQL; empty starts the embedded one in ``store``.
    tracking_url : str
        Any MLflow server; empty is SQLite in ``store``.
    deadline_ms : float
        Milliseconds after which a page is sent with what is there.
    cache_mb : float
        Memory for pages that were made a moment ago, megabytes; 0 keeps none.
    replay_days : float
        For how long it is written down what each page was made from, so that it can be made again; 0 is not at all.
    token_issuer, token_audience : str
        What a token must say of itself as ``iss`` and ``aud``.
    jwks_url : str
        Where the keys are that verify tokens, http or https; empty trusts the local issuer, whose key is in ``store``.
    open_access : bool or None
        Whether requests without a token are taken for the homepage's backend. None leaves it to ``recsys serve``:
        only on an address that this machine alone reaches.

    Raises
    ------
    ConfigError
        If a file stands where a folder should.
    """

    model_config = SettingsConfigDict(env_prefix="RECSYS_", frozen=True)

    store: Path = Path("data/store")
    registry: Path = Path("models/registry/store")
    declarations: Path = Path("models")
    privacy_policy: Path = Path("data/privacy.toml")
    database_url: str = ""
    tracking_url: str = ""
    deadline_ms: float = Field(default=80.0, gt=0)
    cache_mb: float = Field(default=128.0, ge=0)
    replay_days: float = Field(default=7.0, ge=0)
    token_issuer: str = Field(default="recsys", min_length=1)
    token_audience: str = Field(default="recsys", min_length=1)
    jwks_url: str = Field(default="", pattern=r"^(https?://.+)?$")
    open_access: bool | None = None

    @field_validator("store", "registry", "declarations")
    @classmethod
    def _folder(cls, path: Path, info: ValidationInfo) -> Path:
        if path.exists() and not path.is_dir():
            raise ConfigError(expected="a folder", got="a file", where=f"{info.field_name}: {path}")
        return path
