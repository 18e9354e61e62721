"""Every setting, read from the environment once by whoever starts a process, and handed down."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are and how much may be used; ``RECSYS_STORE`` sets ``store``, and so on.

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
    threads : int
        Cores to use; 0 is all.
    """

    model_config = SettingsConfigDict(env_prefix="RECSYS_", frozen=True)

    store: Path = Path("data/store")
    registry: Path = Path("models/registry/store")
    declarations: Path = Path("models")
    privacy_policy: Path = Path("data/privacy.toml")
    database_url: str = ""
    tracking_url: str = ""
    threads: int = 0
