"""Changes the catalog for staff; every change says who made it, and all replicas hear of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from recsys.errors import UnknownTitleError
from serving.database import Connection, Database
from serving.staff import store
from serving.staff.contracts import (
    MOST_LISTED,
    Change,
    ChangeLog,
    Imported,
    Reasoned,
    Takedown,
    Takedowns,
)
from serving.staff.files import Given, read
from serving.staff.importing import Difference, difference

CheckTitles = Callable[[Mapping[str, str | None]], None]


class Staff:
    """What staff do with titles.

    Parameters
    ----------
    database : Database
    catch_up : callable
        Brings the table of titles to what was ingested last.
    check_titles : callable
        Refuses titles that no answer knows; gets them by the name of their field.
    hear : callable
        Makes this replica hold to what changed, before the change is answered.
    """

    def __init__(
        self,
        database: Database,
        catch_up: Callable[[], None],
        check_titles: CheckTitles,
        hear: Callable[[], None],
    ) -> None:
        self._database, self._catch_up = database, catch_up
        self._check_titles, self._hear = check_titles, hear

    def take_file(self, media_type: str, body: bytes, by: str, *, dry_run: bool) -> Imported:
        """Take in a file of titles: those that are right land all together, the others are named.

        Raises
        ------
        ImportFileError
            If it cannot be read at all.
        DatabaseDownError
            If nothing landed, and the client should send it again.
        """
        given, refused = read(media_type, body)
        self._catch_up()

        def take(connection: Connection) -> Difference:
            return _taken(connection, given, by, dry_run=dry_run)

        found = self._database.retried(take)
        if not dry_run:
            self._hear()
        return _told(found, [*refused, *found.refused], dry_run=dry_run)

    def take_down(self, title_id: str, why: Reasoned, by: str) -> Takedown:
        """Let nobody be shown a title, nor the episodes of a series, until it is restored.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it.
        """

        def take(connection: Connection) -> None:
            revision = store.hold(connection)
            if not store.holds_title(connection, title_id):
                self._check_titles({"contentId": title_id})
            store.take_down(connection, title_id, why.reason, by)
            store.note(connection, revision, by, [_note(title_id, "taken-down", why)])

        self._database.retried(take)
        self._hear()
        return _takedown(title_id, why.reason, by, taken_down=True)

    def restore(self, title_id: str, why: Reasoned, by: str) -> Takedown:
        """Let a title be shown again, as far as its rights let it.

        Raises
        ------
        UnknownTitleError
            If it is not taken down.
        """

        def put_back(connection: Connection) -> None:
            revision = store.hold(connection)
            if title_id not in {row[0] for row in store.takedowns(connection)}:
                raise UnknownTitleError(
                    expected="a title that is taken down", got=title_id, where="contentId"
                )
            store.restore(connection, title_id)
            store.note(connection, revision, by, [_note(title_id, "restored", why)])

        self._database.retried(put_back)
        self._hear()
        return _takedown(title_id, why.reason, by, taken_down=False)

    def takedowns(self) -> Takedowns:
        """Return all that is taken down, and why."""
        with self._database.reading() as connection:
            rows = store.takedowns(connection)
        return Takedowns(
            titles=[
                Takedown(content_id=title, taken_down=True, reason=reason, at=at, by=by)
                for title, reason, at, by in rows
            ]
        )

    def changes(self, title_id: str | None, limit: int) -> ChangeLog:
        """Return the last changes, of one title or of all."""
        with self._database.reading() as connection:
            rows = store.changes(connection, title_id, limit)
        names = ("kind", "id", "action", "said", "at", "by")
        return ChangeLog(changes=[Change(**dict(zip(names, row, strict=True))) for row in rows])


def _taken(connection: Connection, given: list[Given], by: str, *, dry_run: bool) -> Difference:
    connection.exec_driver_sql(store.PATIENCE)
    revision = 0 if dry_run else store.hold(connection)
    titles = (one.title.title_id for one in given)
    series = (one.title.series_id for one in given if one.title.series_id is not None)
    found = difference(given, store.catalog_of(connection, titles, series))
    if found.landed and not dry_run:
        store.upsert(connection, found.landed, revision, by)
        store.note(connection, revision, by, _notes(found))
    return found


def _notes(found: Difference) -> list[dict[str, Any]]:
    added = [
        {"kind": "title", "subject_id": row["title_id"], "action": "added", "said": {}}
        for row in found.added
    ]
    changed = [
        {"kind": "title", "subject_id": row["title_id"], "action": "changed"}
        | {"said": {one.field: [one.before, one.after] for one in fields}}
        for row, fields in found.changed
    ]
    return added + changed


def _note(
    title_id: str, action: Literal["taken-down", "restored"], why: Reasoned
) -> dict[str, Any]:
    said = {"reason": why.reason}
    return {"kind": "title", "subject_id": title_id, "action": action, "said": said}


def _takedown(title_id: str, reason: str, by: str, *, taken_down: bool) -> Takedown:
    now = datetime.now(UTC)
    return Takedown(content_id=title_id, taken_down=taken_down, reason=reason, at=now, by=by)


def _told(found: Difference, refused: list[Any], *, dry_run: bool) -> Imported:
    refused.sort(key=lambda one: one.line)
    counts = {
        "added": len(found.added),
        "changed": len(found.changed),
        "unchanged": found.unchanged,
        "refused": len(refused),
    }
    return Imported(
        dry_run=dry_run,
        counts={"read": sum(counts.values()), **counts},  # type: ignore[dict-item]
        added=[row["title_id"] for row in found.added[:MOST_LISTED]],
        changed=found.told()[:MOST_LISTED],
        refused=refused[:MOST_LISTED],
        notes=found.notes[:MOST_LISTED],
    )
