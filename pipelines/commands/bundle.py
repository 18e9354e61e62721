"""The commands ``recsys bundle list | show | verify | promote | rollback``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.commands.options import JsonFile

if TYPE_CHECKING:
    from pipelines.registry import Registry
    from recsys.bundle import Bundle

bundle = typer.Typer(
    no_args_is_help=True,
    help="Trained bundles: which there are, which one serves, and how to go back. "
    "Exit code 2: there is no such bundle, or it is damaged; the champion stays.",
)

Folder = Annotated[Path | None, typer.Option("--registry", help="The registry; RECSYS_REGISTRY.")]
Store = Annotated[
    Path | None, typer.Option("--store", help="The store, whose MLflow follows; RECSYS_STORE.")
]
Id = Annotated[str, typer.Argument(help="A bundle's id, or its first digits.")]


@bundle.command("list")
def list_(registry: Folder = None, json_file: JsonFile = None) -> None:
    """List the bundles, newest first; the champion has a star.

    Example: `recsys bundle list --registry models/registry/demo`
    """
    folder = _registry(registry)
    champion = folder.champion_id()
    found = [{**_facts(one), "champion": one.id == champion} for one in folder.bundles()]
    _write(json_file, found)
    if not found:
        typer.echo(f"no bundle in {folder.root}", err=True)
    for one in found:
        mark = "*" if one["champion"] else " "
        ndcg = one["metrics"].get("ndcg@10")
        typer.echo(
            f"{mark} {one['id']}  {one['model']:14} until {one['trained_until'][:10]}  "
            + (f"ndcg@10 {ndcg:.4f}" if ndcg is not None else "not judged")
        )


@bundle.command()
def show(bundle_id: Id, registry: Folder = None, json_file: JsonFile = None) -> None:
    """Show what a bundle holds and what it reached.

    Example: `recsys bundle show 3f9c`
    """
    opened = _registry(registry).find(bundle_id, verify=False)
    _write(json_file, opened.manifest.model_dump(mode="json"))
    typer.echo(
        f"{opened.id}  {opened.model}, trained until {opened.trained_until:%Y-%m-%d %H:%M} UTC"
    )
    for name, value in opened.metrics.items():
        typer.echo(f"  {name:22} {value:.4f}")
    for name, fact in opened.manifest.files.items():
        typer.echo(f"  {fact.size:>12,} bytes  {fact.sha256[:12]}  {name}")


@bundle.command()
def verify(bundle_id: Id, registry: Folder = None, json_file: JsonFile = None) -> None:
    """Read every file of a bundle and compare it with the manifest.

    Example: `recsys bundle verify 3f9c`
    """
    opened = _registry(registry).find(bundle_id)
    _write(json_file, _facts(opened))
    size = sum(fact.size for fact in opened.manifest.files.values())
    typer.echo(f"{opened.id} is whole: {len(opened.manifest.files)} files, {size:,} bytes")


@bundle.command()
def promote(
    bundle_id: Id, registry: Folder = None, store: Store = None, json_file: JsonFile = None
) -> None:
    """Let a bundle serve, whatever the gate thinks of it; it is verified first.

    Example: `recsys bundle promote 3f9c`
    """
    _crowned(_registry(registry).promote(bundle_id), store, json_file)


@bundle.command()
def rollback(registry: Folder = None, store: Store = None, json_file: JsonFile = None) -> None:
    """Let the bundle serve that served before the champion did.

    Example: `recsys bundle rollback`
    """
    _crowned(_registry(registry).rollback(), store, json_file)


def _registry(given: Path | None) -> Registry:
    from pipelines.commands.common import settings_of
    from pipelines.registry import Registry

    return Registry(settings_of(registry=given).registry)


def _crowned(champion: Bundle, store: Path | None, json_file: Path | None) -> None:
    from pipelines.commands.common import settings_of
    from pipelines.tracking import crown, is_tracked

    _write(json_file, _facts(champion))
    typer.echo(f"{champion.id} serves ({champion.model})")
    settings = settings_of(store=store)
    if is_tracked(settings):
        crown(settings, champion)


def _facts(opened: Bundle) -> dict[str, Any]:
    return opened.manifest.model_dump(mode="json", exclude={"files"})


def _write(path: Path | None, content: object) -> None:
    if path is not None:
        from pipelines.commands.common import write_json

        write_json(path, content)
