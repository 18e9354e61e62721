"""Places editorial rows and promotions on pages, for a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from recsys.errors import FilterError
from serving.current_changes import Placement
from serving.current_policy import CurrentPolicy, with_placement
from serving.database import Connection, Database
from serving.refusals import PlacementError, UnknownPlacementError
from serving.staff import store
from serving.staff.contracts import EditorialRow, Placed, Placements, PromotedTitles
from serving.staff.service import CheckTitles

Kind = Literal["row", "promotion"]


class Placing:
    """What staff place.

    Parameters
    ----------
    database : Database
    policy : CurrentPolicy
        What is declared, with which a placement must go.
    check_titles : callable
        Refuses titles that no answer knows; gets them by the name of their field.
    hear : callable
        Makes this replica look for what changed.
    """

    def __init__(
        self,
        database: Database,
        policy: CurrentPolicy,
        check_titles: CheckTitles,
        hear: Callable[[], None],
    ) -> None:
        self._database, self._policy = database, policy
        self._check_titles, self._hear = check_titles, hear

    def place(
        self, kind: Kind, placement_id: str, said: EditorialRow | PromotedTitles, by: str
    ) -> Placed:
        """Place something, or change it; the pages of now have it while its time lasts.

        Raises
        ------
        PlacementError
            If it is not what one must be, or does not go with the rows that are there.
        UnknownTitleError
            If one of its titles is not in the catalog.
        """
        self._check_titles({f"titles.{at}": title for at, title in enumerate(said.titles)})
        sent = said.model_dump(by_alias=True, mode="json", exclude_unset=True)
        one = Placement(kind, placement_id, _declared(said), _iso(said.starts), _iso(said.ends))

        def put(connection: Connection) -> None:
            revision = store.hold(connection)
            self._check(one, store.placements(connection))
            store.place(connection, one, by)
            store.note(connection, revision, by, [_note(one, "placed", sent)])

        self._database.retried(put)
        self._hear()
        return _placed(one, datetime.now(UTC), by)

    def remove(self, kind: Kind, placement_id: str, by: str) -> Placed:
        """Let go of something that was placed.

        Raises
        ------
        UnknownPlacementError
            If nothing of that id is.
        """

        def take(connection: Connection) -> Placement:
            revision = store.hold(connection)
            for one, _, _ in store.placements(connection):
                if (one.kind, one.placement_id) == (kind, placement_id):
                    store.remove(connection, kind, placement_id)
                    store.note(connection, revision, by, [_note(one, "removed", {})])
                    return one
            raise UnknownPlacementError(expected=f"a placed {kind}", got=placement_id, where="id")

        gone = self._database.retried(take)
        self._hear()
        return _placed(gone, datetime.now(UTC), by, holds=False)

    def all(self) -> Placements:
        """Return all that is placed, what is over and what is yet to come among it."""
        with self._database.reading() as connection:
            rows = store.placements(connection)
        return Placements(placements=[_placed(*row) for row in rows])

    def _check(self, one: Placement, placed: list[tuple[Placement, Any, str]]) -> None:
        """Refuse what does not go with the declared rows, and those that were placed and are not over."""
        now, policy = datetime.now(UTC), self._policy.declared
        others = [
            other
            for other, _, _ in placed
            if (other.kind, other.placement_id) != (one.kind, one.placement_id)
            and (other.ends is None or now < datetime.fromisoformat(other.ends))
        ]
        for other in [*others, one]:
            try:
                policy = with_placement(policy, other)
            except (ValidationError, FilterError) as error:
                if other is one:
                    raise _refused(error) from None


def _refused(error: ValidationError | FilterError) -> PlacementError:
    if isinstance(error, FilterError):
        return PlacementError(expected=error.expected, got=error.got, where=error.where)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "content"
    expected = first["msg"].removeprefix("Value error, ")
    given = first["input"]
    got = "what was sent" if isinstance(given, Mapping | BaseModel) else given
    return PlacementError(expected=expected, got=got, where=where)


def _declared(said: EditorialRow | PromotedTitles) -> dict[str, Any]:
    """Return what is sent as ``models/rows.toml`` would declare it."""
    fields = said.model_dump(mode="json", exclude={"starts", "ends", "pinned"}, exclude_none=True)
    content = {name: value for name, value in fields.items() if value not in ([], {})}
    if isinstance(said, EditorialRow):
        content["least"] = int(said.pinned)
    return content


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _note(one: Placement, action: str, said: dict[str, Any]) -> dict[str, Any]:
    return {"kind": one.kind, "subject_id": one.placement_id, "action": action, "said": said}


def _placed(one: Placement, at: datetime, by: str, *, holds: bool | None = None) -> Placed:
    content = {**one.content, "starts": one.starts, "ends": one.ends}
    if one.kind == "row":
        content["pinned"] = bool(content.pop("least", 0))
    now = datetime.now(UTC)
    return Placed(
        kind="row" if one.kind == "row" else "promotion",
        id=one.placement_id,
        content=content,
        holds=one.holds(now) if holds is None else holds,
        at=at,
        by=by,
    )
