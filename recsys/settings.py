"""Every setting, read from the environment once by whoever starts a process, and handed down."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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
    health_policy : Path
        What a day's data must be like before a model learns from it.
    alert_url : str
        Where the night tells that something stopped, was refused or has drifted, http or https; empty tells nobody.
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
    insights_budget : Path
        How exact the private statistics are that staff may see.
    event_days : float
        For how many days the database keeps events that the night has collected; 0 is for ever.
    token_issuer, token_audience : str
        What a token must say of itself as ``iss`` and ``aud``.
    jwks_url : str
        Where the keys are that verify tokens, http or https; empty trusts the local issuer, whose key is in ``store``.
    payment_secret : str
        What the payment provider signs its calls with, 32 characters at least; empty is a key in ``store``.
    local_payments : bool or None
        Whether whoever upgrades has paid, without any money: for demos. None is: where no other machine reaches the
        replica. Elsewhere, while no provider takes payments, upgrades are refused.
    open_access : bool or None
        Whether requests without a token are taken for the homepage's backend. None is: those that
        this machine makes under a name of its own, where no other machine reaches it.
    viewer_rate, address_rate : int
        Requests a minute of one viewer, and from one address; 0 does not count. Programs and staff are not counted.
    redis_url : str
        A Redis that replicas share; empty keeps in each what it would hold.
    cors_origins : tuple of str
        Origins, separated by commas, whose pages may call the API from a browser.
    request_logs : bool
        Whether each request is a line in the log.
    traces_url : str
        Where an OpenTelemetry collector takes traces by OTLP over HTTP, path included; empty makes none.

    Raises
    ------
    ConfigError
        If a file stands where a folder should, or an address is none of its kind.
    """

    model_config = SettingsConfigDict(env_prefix="RECSYS_", frozen=True)

    store: Path = Path("data/store")
    registry: Path = Path("models/registry/store")
    declarations: Path = Path("models")
    privacy_policy: Path = Path("data/privacy.toml")
    health_policy: Path = Path("data/health.toml")
    alert_url: SecretStr = SecretStr("")
    database_url: str = ""
    tracking_url: str = ""
    deadline_ms: float = Field(default=80.0, gt=0)
    cache_mb: float = Field(default=128.0, ge=0)
    replay_days: float = Field(default=7.0, ge=0)
    insights_budget: Path = Path("data/insights.toml")
    event_days: float = Field(default=0.0, ge=0)
    token_issuer: str = Field(default="recsys", min_length=1)
    token_audience: str = Field(default="recsys", min_length=1)
    jwks_url: str = ""
    payment_secret: SecretStr = SecretStr("")
    local_payments: bool | None = None
    open_access: bool | None = None
    viewer_rate: int = Field(default=600, ge=0)
    address_rate: int = Field(default=6000, ge=0)
    redis_url: str = ""
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    request_logs: bool = True
    traces_url: str = ""

    @field_validator("jwks_url", "redis_url", "traces_url")
    @classmethod
    def _address(cls, url: str, info: ValidationInfo) -> str:
        schemes = ("redis", "rediss") if info.field_name == "redis_url" else ("http", "https")
        scheme, _, rest = url.partition("://")
        if url and (scheme not in schemes or not rest):
            # What comes after the scheme may hold a password.
            got = scheme if rest else "something else"
            raise ConfigError(
                expected=f"an address, {' or '.join(schemes)}", got=got, where=info.field_name
            )
        return url

    @field_validator("alert_url")
    @classmethod
    def _webhook(cls, url: SecretStr) -> SecretStr:
        if (said := url.get_secret_value()) and not re.match(r"https?://[^/\s]", said):
            # The address is a secret: who knows it can write there.
            raise ConfigError(
                expected="an address, http or https", got="something else", where="alert_url"
            )
        return url

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(one.strip() for one in given.split(",") if one.strip())

    @field_validator("cors_origins")
    @classmethod
    def _no_path(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for one in origins:
            if not re.fullmatch(r"https?://[^/*\s]+", one):
                raise ConfigError(
                    expected="origins such as https://tv.example", got=one, where="cors_origins"
                )
        return origins

    @field_validator("store", "registry", "declarations")
    @classmethod
    def _folder(cls, path: Path, info: ValidationInfo) -> Path:
        if path.exists() and not path.is_dir():
            raise ConfigError(expected="a folder", got="a file", where=f"{info.field_name}: {path}")
        return path
