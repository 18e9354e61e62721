"""A bundle: a directory with all that a replica needs from training, named by the hash of its content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from recsys.errors import BundleError

MANIFEST = "manifest.json"
PARTIAL = ".partial-"
"""Prefix of a directory that is still being filled; no reader looks at it."""


class FileFact(BaseModel):
    """Size in bytes and SHA-256 (hex) of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size: int
    sha256: str


class Manifest(BaseModel):
    """What a bundle says of itself: ``manifest.json``.

    Attributes
    ----------
    id : str
        First 16 hex digits of the SHA-256 over everything else here.
    model : str
        Name of the declaration that was fitted.
    trained_until : datetime
        UTC; nothing later was learned from.
    metrics : dict
        What the gate measured on held-out days, by the metric's name.
    files : dict
        Path relative to the bundle (with ``/``) to size and hash, of every file but the manifest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str
    model: str
    trained_until: AwareDatetime
    metrics: dict[str, float]
    files: dict[str, FileFact]

    def content_id(self) -> str:
        """Return the id that the facts and the files' hashes amount to."""
        facts = self.model_dump(mode="json", exclude={"id"})
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """The hash of its content, 16 hex digits."""
        return self.manifest.id

    @property
    def model(self) -> str:
        """Name of the model that was fitted."""
        return self.manifest.model

    @property
    def trained_until(self) -> datetime:
        """UTC; nothing later was learned from."""
        return self.manifest.trained_until

    @property
    def metrics(self) -> dict[str, float]:
        """What the gate measured on held-out days."""
        return self.manifest.metrics


def write(
    parent: Path,
    fill: Callable[[Path], None],
    *,
    model: str,
    trained_until: datetime,
    metrics: dict[str, float],
) -> Bundle:
    """Fill a directory beside its final place, hash it, and rename it to its id.

    Parameters
    ----------
    parent : Path
        The folder of bundles; made if it is missing.
    fill : callable
        Writes the content into the empty directory that it is given.
    model : str
    trained_until : datetime
        With a time zone.
    metrics : dict

    Returns
    -------
    Bundle
        The same id and the same bytes for the same content, however often it is written.
    """
    parent.mkdir(parents=True, exist_ok=True)
    partial = parent / f"{PARTIAL}{uuid.uuid4().hex}"
    partial.mkdir()
    try:
        fill(partial)
        manifest = _describe(partial, model, trained_until.astimezone(UTC), metrics)
        text = manifest.model_dump_json(indent=1) + "\n"
        (partial / MANIFEST).write_text(text, encoding="utf-8")
        _sync(partial)
        _place(partial, parent / manifest.id)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Bundle(parent / manifest.id, manifest)


def open_bundle(path: Path, *, verify: bool = True) -> Bundle:
    """Open a bundle, refusing one that is not what its manifest says.

    Parameters
    ----------
    path : Path
        The bundle's directory, or a link to it.
    verify : bool
        Read every file and compare its hash; otherwise only names and sizes are compared.

    Raises
    ------
    BundleError
        If the manifest is missing or wrong, or a file is missing, surplus or differs; it names
        the first such file.
    """
    path = path.resolve()
    manifest = _read_manifest(path / MANIFEST)
    found = _files(path)
    for name in sorted(found.keys() ^ manifest.files.keys()):
        got = "no file" if name in manifest.files else "a file that the manifest does not list"
        raise _refusal("exactly the files of the manifest", got, path / name)
    for name, fact in sorted(manifest.files.items()):
        _check_file(found[name], fact, verify=verify)
    return Bundle(path, manifest)


def _describe(
    directory: Path, model: str, trained_until: datetime, metrics: dict[str, float]
) -> Manifest:
    files = {
        name: FileFact(size=path.stat().st_size, sha256=_sha256(path))
        for name, path in _files(directory).items()
    }
    draft = Manifest(
        id="",
        model=model,
        trained_until=trained_until,
        metrics=dict(sorted(metrics.items())),
        files=files,
    )
    return draft.model_copy(update={"id": draft.content_id()})


def _read_manifest(path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError:
        raise _refusal("a bundle's manifest", "no readable file", path) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole file"
        raise _refusal(
            f"a manifest, {place}: {first['msg']}", repr(first["input"])[:80], path
        ) from None
    if manifest.content_id() != manifest.id:
        raise _refusal(f"id {manifest.content_id()}, by its content", manifest.id, path)
    return manifest


def _check_file(path: Path, fact: FileFact, *, verify: bool) -> None:
    if (size := path.stat().st_size) != fact.size:
        raise _refusal(f"{fact.size} bytes", size, path)
    if verify and (digest := _sha256(path)) != fact.sha256:
        raise _refusal(f"SHA-256 {fact.sha256[:16]}…", f"{digest[:16]}…", path)


def _files(directory: Path) -> dict[str, Path]:
    """Return everything below that is not a directory, links included, but the manifest."""
    found = {
        path.relative_to(directory).as_posix(): path
        for path in sorted(directory.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }
    for name, path in found.items():
        if path.is_symlink() or not path.is_file():
            raise _refusal("regular files alone", "a link or a special file", directory / name)
    found.pop(MANIFEST, None)
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(directory: Path) -> None:
    """Bring every file and folder to the disk, so that a rename never shows what is not there yet."""
    for path in [*directory.rglob("*"), directory]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _place(partial: Path, target: Path) -> None:
    """Rename to the final name; a sound bundle that is already there stays, a broken one makes room."""
    if target.exists():
        try:
            open_bundle(target)
        except BundleError:
            target.rename(partial.with_name(f"{PARTIAL}broken-{uuid.uuid4().hex}"))
        else:
            return
    partial.rename(target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(expected: str, got: object, where: Path) -> BundleError:
    hint = "Serve another bundle (`recsys bundle list`) or train again (`recsys nightly`)"
    return BundleError(expected=expected, got=got, where=where, hint=hint)
