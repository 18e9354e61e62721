"""The one door to MLflow: evaluations as runs, bundles as versions, the champion as an alias.

Look at it with ``mlflow ui --backend-store-uri sqlite:///<store>/mlflow.db``. MLflow mirrors the
registry of bundles and decides nothing: what serves is the link ``champion``.
"""

from __future__ import annotations

import logging
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recsys.bundle import Bundle
from recsys.declaration import Declaration
from recsys.errors import InputError
from recsys.evaluate import Evaluation
from recsys.settings import Settings

EXPERIMENT = "recsys"
CHAMPION = "champion"


def uri(settings: Settings) -> str:
    """Return where runs and versions go: the server of the settings, or SQLite in the store."""
    return settings.tracking_url or f"sqlite:///{settings.store.resolve() / 'mlflow.db'}"


def is_tracked(settings: Settings) -> bool:
    """Say whether there is a server, or anything was ever logged in this store."""
    return bool(settings.tracking_url) or (settings.store / "mlflow.db").is_file()


def log_evaluation(
    settings: Settings,
    declaration: Declaration,
    evaluation: Evaluation,
    report: Path | None = None,
    **tags: str,
) -> str:
    """Log one evaluation as a run: hyperparameters, means with intervals, and the report.

    Parameters
    ----------
    settings : Settings
    declaration : Declaration
        Of the model that was judged.
    evaluation : Evaluation
    report : Path, optional
        A file to keep with the run.
    **tags
        Whatever else tells the run from others, such as the data.

    Returns
    -------
    str
        The run's id.
    """
    numbers: dict[str, float] = {}
    for name, interval in evaluation.means.items():
        numbers |= {
            _allowed(name): interval.mean,
            _allowed(f"{name}_low"): interval.low,
            _allowed(f"{name}_high"): interval.high,
        }
    with _client(settings) as client:
        run_id = _start(client, settings, declaration.name, {"kind": "evaluation", **tags})
        _log(
            client,
            run_id,
            {"algorithm": declaration.algorithm, **_flat(declaration.config)},
            numbers,
        )
        if report is not None:
            client.log_artifact(run_id, str(report))
        client.set_terminated(run_id)
    return run_id


def crown(settings: Settings, bundle: Bundle) -> None:
    """Register a bundle under its model's name, once, and move the alias ``champion`` to it."""
    with _client(settings) as client:
        version = _version(client, bundle) or _register(client, settings, bundle)
        for model in client.search_registered_models(max_results=1000):
            if CHAMPION in model.aliases and model.name != bundle.model:
                client.delete_registered_model_alias(model.name, CHAMPION)
        client.set_registered_model_alias(bundle.model, CHAMPION, version)


def _version(client: Any, bundle: Bundle) -> str | None:
    found = client.search_model_versions(
        f"name = '{bundle.model}' and tags.bundle = '{bundle.id}'", max_results=1
    )
    return found[0].version if found else None


def _register(client: Any, settings: Settings, bundle: Bundle) -> str:
    """Make a version whose source is a run with the whole bundle: it outlives the registry's retention."""
    facts = {"bundle": bundle.id, "trained_until": bundle.trained_until.isoformat()}
    run_id = _start(client, settings, f"{bundle.model} {bundle.id}", {"kind": "bundle", **facts})
    _log(client, run_id, facts, {_allowed(name): one for name, one in bundle.metrics.items()})
    client.log_artifacts(run_id, str(bundle.path), "bundle")
    client.set_terminated(run_id)
    if not client.search_registered_models(f"name = '{bundle.model}'"):
        client.create_registered_model(bundle.model)
    source = f"{client.get_run(run_id).info.artifact_uri}/bundle"
    tags = {**facts, "path": str(bundle.path)}
    made = client.create_model_version(bundle.model, source=source, run_id=run_id, tags=tags)
    return made.version


def _start(client: Any, settings: Settings, name: str, tags: dict[str, str]) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        artifacts = settings.store.resolve() / "mlartifacts"
        place = None if settings.tracking_url else artifacts.as_uri()
        experiment = client.create_experiment(EXPERIMENT, artifact_location=place)
    else:
        experiment = found.experiment_id
    return client.create_run(experiment, run_name=name, tags=tags).info.run_id


def _log(client: Any, run_id: str, params: dict[str, Any], numbers: dict[str, float]) -> None:
    from mlflow.entities import Metric, Param  # noqa: PLC0415  (5 s, paid where a run is tracked)

    client.log_batch(
        run_id,
        params=[Param(key, str(value)) for key, value in params.items()],
        # A value that is not a number (no viewer to count) is left out.
        metrics=[Metric(key, one, 0, 0) for key, one in numbers.items() if math.isfinite(one)],
    )


@contextmanager
def _client(settings: Settings) -> Iterator[Any]:
    """Yield a client of the tracking and the model registry, quiet and without telemetry."""
    settings.store.mkdir(parents=True, exist_ok=True)
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
    # A server that is away is away: seven tries, as MLflow has it, take minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    with warnings.catch_warnings():
        # MLflow's own use of deprecated parts of SQLAlchemy and pydantic is not ours to mend.
        warnings.simplefilter("ignore")
        import mlflow  # noqa: PLC0415

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        mlflow.set_tracking_uri(uri(settings))
        mlflow.set_registry_uri(uri(settings))
        try:
            yield mlflow.MlflowClient(uri(settings), uri(settings))
        except mlflow.exceptions.MlflowException as error:
            raise InputError(
                expected="an MLflow that takes it", got=str(error)[:200], where=uri(settings)
            ) from None


def _allowed(name: str) -> str:
    """Return a metric's name as MLflow lets it be: ``ndcg@10`` is ``ndcg_at_10`` there."""
    return name.replace("@", "_at_")


def _flat(config: dict[str, Any], prefix: str = "config") -> dict[str, Any]:
    """Return nested hyperparameters as ``config.part.field``."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        name = f"{prefix}.{key}"
        flat |= _flat(value, name) if isinstance(value, dict) else {name: value}
    return flat
