"""The registry: trained bundles, which of them serves, and how to go back."""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.files import atomic_file, lock
from pipelines.servable import check_servable
from recsys.bundle import PARTIAL, Bundle, open_bundle
from recsys.errors import BundleError

KEEP = 7
"""Bundles that stay besides the champion and the one before it."""
ABANDONED_SECONDS = 86_400.0
"""A bundle still unfinished after this long has lost its writer."""


@dataclass(frozen=True, slots=True)
class Registry:
    """One folder a store: ``bundles/``, ``decisions/``, ``champion`` and ``history.jsonl``.

    ``champion`` is a symbolic link that is switched by one rename, so that whoever reads it sees
    the old bundle or the new one. A switch is written into the history before it happens; an
    entry whose switch did not happen (the process died between the two) is told by the link.

    Attributes
    ----------
    root : Path
    check : callable
        Raises BundleError for a bundle that no replica could serve; asked before every switch.
    """

    root: Path
    check: Callable[[Bundle], object] = check_servable

    @property
    def bundles_path(self) -> Path:
        """The folder of bundles."""
        return self.root / "bundles"

    def bundles(self) -> list[Bundle]:
        """Return the bundles that can be opened, newest first (by training moment, then id)."""
        found = []
        for path in self.bundles_path.glob("[0-9a-f]*"):
            try:
                found.append(open_bundle(path, verify=False))
            except BundleError:
                continue
        return sorted(found, key=lambda bundle: (bundle.trained_until, bundle.id), reverse=True)

    def find(self, prefix: str, *, verify: bool = True) -> Bundle:
        """Open a bundle by its id or by enough of its first digits.

        Raises
        ------
        BundleError
            If none or several begin so, or the bundle is not what its manifest says.
        """
        ids = sorted(path.name for path in self.bundles_path.glob("[0-9a-f]*"))
        matching = [name for name in ids if prefix and name.startswith(prefix)]
        if len(matching) != 1:
            raise BundleError(
                expected=f"the first digits of one of {ids}",
                got=repr(prefix),
                where=self.bundles_path,
                hint="`recsys bundle list` shows them",
            )
        return open_bundle(self.bundles_path / matching[0], verify=verify)

    def champion_id(self) -> str | None:
        """Return the id of the bundle that serves."""
        link = self.root / "champion"
        return link.readlink().name if link.is_symlink() else None

    def champion(self) -> Bundle | None:
        """Open and verify the bundle that serves."""
        current = self.champion_id()
        return None if current is None else open_bundle(self.bundles_path / current)

    def promote(self, prefix: str) -> Bundle:
        """Let a bundle serve, after it was verified and answered; the champion itself changes nothing.

        Raises
        ------
        BundleError
            If there is no such bundle, it is damaged or no replica can serve it; the champion stays.
        BusyError
            If another process is switching.
        """
        with lock(self.root / ".lock"):
            bundle = self.find(prefix)
            if bundle.id != self.champion_id():
                self.check(bundle)
                self._record("promote", bundle.id)
                self._switch(bundle.id)
        return bundle

    def rollback(self) -> Bundle:
        """Let the bundle serve that served before the champion did.

        Raises
        ------
        BundleError
            If nothing served before, or that bundle is gone, damaged or not to be served any more; the
            champion stays.
        """
        with lock(self.root / ".lock"):
            before = self.predecessor_id()
            if before is None:
                raise BundleError(
                    expected="a bundle that served before the champion",
                    got="none",
                    where=self.root / "history.jsonl",
                )
            bundle = self.find(before)
            self.check(bundle)
            self._record("rollback", bundle.id)
            self._switch(bundle.id)
        return bundle

    def predecessor_id(self) -> str | None:
        """Return the id of the bundle that a rollback would bring back."""
        served = self._served()
        return served[-2] if len(served) > 1 else None

    def history(self) -> list[dict[str, str]]:
        """Return every switch, oldest first: action, bundle, before, switched_at.

        Raises
        ------
        BundleError
            If the history is damaged.
        """
        path = self.root / "history.jsonl"
        try:
            lines = path.read_text().splitlines() if path.exists() else []
            return [json.loads(line) for line in lines]
        except ValueError as error:
            raise BundleError(
                expected="a switch as JSON in every line",
                got=error,
                where=path,
                hint="Remove it: the champion goes on serving, and what served before it is forgotten",
            ) from None

    def retain(self, keep: int = KEEP) -> list[str]:
        """Delete all but the newest ``keep`` bundles, never the champion or its predecessor.

        Returns
        -------
        list of str
            The ids that are gone.
        """
        with lock(self.root / ".lock"):
            safe = {self.champion_id(), self.predecessor_id()}
            old = [bundle for bundle in self.bundles() if bundle.id not in safe][keep:]
            for bundle in old:
                # Renamed first, so that nobody opens a bundle that is half deleted.
                leaving = self.bundles_path / f"{PARTIAL}{uuid.uuid4().hex}"
                bundle.path.rename(leaving)
                shutil.rmtree(leaving)
            self._sweep()
        return [bundle.id for bundle in old]

    def _served(self) -> list[str]:
        """Return the bundles that served, without those that were rolled back; last the champion."""
        served: list[str] = []
        for entry in self._happened():
            if entry["action"] == "promote":
                served.append(entry["bundle"])
            else:
                served.pop()
        current = self.champion_id()
        if current and served[-1:] != [current]:
            return [current]  # somebody moved the link by hand: nothing is known of before
        return served

    def _happened(self) -> list[dict[str, str]]:
        entries = self.history()
        if entries and entries[-1]["bundle"] != self.champion_id():
            return entries[:-1]
        return entries

    def _record(self, action: str, bundle_id: str) -> None:
        entry = {
            "action": action,
            "bundle": bundle_id,
            "before": self.champion_id() or "",
            "switched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        lines = [json.dumps(one) for one in [*self._happened(), entry]]
        with atomic_file(self.root / "history.jsonl") as beside:
            beside.write_text("\n".join(lines) + "\n")

    def _switch(self, bundle_id: str) -> None:
        beside = self.root / f".champion-{uuid.uuid4().hex}"
        beside.symlink_to(Path("bundles") / bundle_id)
        beside.replace(self.root / "champion")
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        """Delete what killed writers left; a living one has touched its folder within the day."""
        for path in self.bundles_path.glob(f"{PARTIAL}*"):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
        for link in self.root.glob(".champion-*"):
            link.unlink()
