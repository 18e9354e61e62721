"""A viewer's watchlist and history: what is on them, and what is put there and taken away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from starlette.concurrency import run_in_threadpool

from recsys.context import Context
from recsys.errors import UnknownTitleError
from recsys.schema import EventType
from serving.accounts import erasing
from serving.accounts import lists_store as store
from serving.accounts.faces import Faces
from serving.accounts.listed import AskedForPage, Saved, Watched, WatchHistory, Watchlist
from serving.analytics.contracts import Event
from serving.analytics.service import Intake
from serving.bundles import Champion
from serving.cards import Card
from serving.contracts import Reader
from serving.database import Connection, Database
from serving.refusals import NoCatalogError
from serving.replica import Replica
from serving.tagged import Told

AT_ONCE: Final = 100
"""Rows of a history that are read at least, since some of them may not be shown."""
_TICK: Final = timedelta(microseconds=1)


class Seals(Protocol):
    """Gives cursors that nobody else can write."""

    def seal(self, viewer_id: str, left: Any) -> str:
        """Return a cursor that holds something."""

    def open(self, viewer_id: str, cursor: str) -> Any:
        """Return what a cursor holds."""


class Lists:
    """The use cases of a viewer's own lists.

    Parameters
    ----------
    champion : Champion
    database : Database
    intake : Intake
        Takes what is put on a watchlist as any event, so that models hear of it.
    cursors : Seals
    heard : callable
        Told which viewers' pages are others from now on.
    artwork : Path
        The folder of posters.
    """

    def __init__(
        self,
        champion: Champion,
        database: Database,
        intake: Intake,
        *,
        cursors: Seals,
        heard: Callable[[Iterable[str]], None],
        artwork: Path,
    ) -> None:
        self._champion, self._database, self._intake = champion, database, intake
        self._cursors, self._heard, self._artwork = cursors, heard, artwork

    def watchlist(self, viewer_id: str, asked: AskedForPage) -> Told[Watchlist]:
        """Return what a viewer means to watch; an episode stands there as its series.

        Raises
        ------
        CursorError
            If the cursor is none of this list's; so does ``history``.
        NoCatalogError
            If there is no catalog to tell it from; so do the others.
        DatabaseDownError
            If the database does not answer; so do the others.
        """
        replica = self._replica()
        with self._database.reading() as connection:
            rows = store.watchlist(connection, viewer_id)
            faces = self._faces(connection, replica, viewer_id, asked)
        added: dict[str, datetime] = {}
        for title, moment in rows:
            added.setdefault(replica.episodes.series.get(title, title), moment)
        looks = faces.of(added)
        begins = self._opened("watchlist", viewer_id, asked.cursor)
        places = sorted((-_ticks(moment), title) for title, moment in added.items())
        rest = [
            one for one in places if one[1] in looks and (begins is None or one > tuple(begins))
        ]
        here = rest[: asked.limit]
        items = [_saved(looks[title], _moment(-ticks)) for ticks, title in here]
        last = here[-1] if len(rest) > asked.limit else None
        told = Watchlist(items=items, next_cursor=self._sealed("watchlist", viewer_id, last))
        return Told(told, faces.speech.language)

    async def add(self, viewer_id: str, content_id: str, asked: Reader) -> Told[Saved]:
        """Put a title on the watchlist, and return how it stands there; if it was there, it stays as it was.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it, or the viewer may not be shown it.
        """
        about = await run_in_threadpool(self._about_to_add, viewer_id, content_id, asked)
        (face, language), title, before, removed_at = about
        if before is not None and before.watchlisted:
            return Told(_saved(face, before.listed_at), language)
        moment = _after(None if before is None else before.listed_at, removed_at)
        await self._intake.accept([_event(viewer_id, title, EventType.WATCHLIST_ADD, moment)])
        return Told(_saved(face, moment), language)

    async def remove(self, viewer_id: str, content_id: str) -> None:
        """Take a title from the watchlist; one that is not there, or that nobody knows, is none either way."""
        lines = await run_in_threadpool(self._about_to_remove, viewer_id, content_id)
        kind = EventType.WATCHLIST_REMOVE
        events = [_event(viewer_id, line.title_id, kind, _after(line.listed_at)) for line in lines]
        if events:
            await self._intake.accept(events)

    def history(self, viewer_id: str, asked: AskedForPage) -> Told[WatchHistory]:
        """Return what a viewer watched, each episode for itself."""
        replica, items = self._replica(), list[Watched]()
        opened = self._opened("history", viewer_id, asked.cursor)
        before = None if opened is None else (_moment(opened[0]), opened[1])
        most = max(AT_ONCE, asked.limit + 1)
        while len(items) <= asked.limit:
            with self._database.reading() as connection:
                lines = store.watched(connection, viewer_id, before, most)
                faces = self._faces(connection, replica, viewer_id, asked)
            items += _watched(lines, faces, replica)
            if len(lines) < most:
                break
            before, most = (lines[-1].watched_at, lines[-1].title_id), 2 * most
        shown = items[: asked.limit]
        last = None
        if len(items) > asked.limit:
            last = (_ticks(shown[-1].watched_at), shown[-1].content_id)
        told = WatchHistory(items=shown, next_cursor=self._sealed("history", viewer_id, last))
        return Told(told, faces.speech.language)

    def forget(self, viewer_id: str, content_id: str) -> None:
        """Take a title out of a history, a series with its episodes, as if the viewer had never met it.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it.
        """
        replica = self._replica()
        if content_id not in replica.title_ids:
            raise _unknown(content_id)
        titles = _with_episodes(replica, content_id)
        self._database.retried(lambda connection: erasing.remove(connection, viewer_id, titles))
        self._heard([viewer_id])

    def _about_to_add(
        self, viewer_id: str, content_id: str, asked: Reader
    ) -> tuple[Told[Card], str, store.ListedLine | None, datetime | None]:
        replica = self._replica()
        title = replica.episodes.series.get(content_id, content_id)
        with self._database.reading() as connection:
            faces = self._faces(connection, replica, viewer_id, asked)
            lines = store.listed(connection, viewer_id, [title])
            removed_at = store.removed_at(connection, viewer_id, title)
        face = faces.of([title]).get(title) if content_id in replica.title_ids else None
        if face is None:
            raise _unknown(content_id)
        told = Told(face, faces.speech.language)
        return told, title, lines[0] if lines else None, removed_at

    def _about_to_remove(self, viewer_id: str, content_id: str) -> list[store.ListedLine]:
        replica = self._replica()
        title = replica.episodes.series.get(content_id, content_id)
        with self._database.reading() as connection:
            named = _with_episodes(replica, title)
            lines = store.listed(connection, viewer_id, named)
        return [line for line in lines if line.watchlisted and line.title_id in replica.title_ids]

    def _faces(
        self, connection: Connection, replica: Replica, viewer_id: str, asked: Reader
    ) -> Faces:
        region, age, preferred = store.place(connection, viewer_id)
        speech = replica.speech(asked.reads(preferred))
        return Faces(replica, Context(datetime.now(UTC), region, age), self._artwork, speech)

    def _replica(self) -> Replica:
        if (current := self._champion.current) is None:
            raise NoCatalogError.now()
        return current

    def _sealed(self, name: str, viewer_id: str, last: tuple[int, str] | None) -> str | None:
        return None if last is None else self._cursors.seal(_whose(name, viewer_id), last)

    def _opened(self, name: str, viewer_id: str, cursor: str | None) -> tuple[int, str] | None:
        if cursor is None:
            return None
        moment, title = self._cursors.open(_whose(name, viewer_id), cursor)
        return moment, title


def _whose(name: str, viewer_id: str) -> str:
    """Return for whom a cursor is sealed: no viewer's id has a line's end, so it opens no other list."""
    return f"{name}\n{viewer_id}"


def _watched(lines: list[store.Line], faces: Faces, replica: Replica) -> list[Watched]:
    series, places = replica.episodes.series, replica.episodes.places
    looks = faces.of(series.get(line.title_id, line.title_id) for line in lines)
    items = []
    for line in lines:
        parent = series.get(line.title_id)
        if (face := looks.get(parent or line.title_id)) is not None:
            season, episode = places.get(line.title_id, (0, 0))
            about = line._asdict() | asdict(face) | {"content_id": line.title_id}
            del about["title_id"]
            items.append(
                Watched(
                    **about,
                    series_id=parent,
                    season_number=season or None,
                    episode_number=episode or None,
                )
            )
    return items


def _with_episodes(replica: Replica, title: str) -> list[str]:
    episodes = [one for one, parent in replica.episodes.series.items() if parent == title]
    return [title, *episodes]


def _saved(face: Card, moment: datetime) -> Saved:
    return Saved(**asdict(face), added_at=moment)


def _after(*said_at: datetime | None) -> datetime:
    """Return now, or a moment after what was said last: it may have been by a device whose clock runs ahead."""
    return max([datetime.now(UTC), *(moment + _TICK for moment in said_at if moment is not None)])


def _event(viewer_id: str, title: str, kind: EventType, moment: datetime) -> Event:
    said = {"viewerId": viewer_id, "titleId": title, "occurredAt": moment}
    return Event.model_validate({"eventId": uuid.uuid4(), "eventType": kind.value} | said)


def _ticks(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // _TICK


def _moment(ticks: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + ticks * _TICK


def _unknown(content_id: str) -> UnknownTitleError:
    return UnknownTitleError(expected="a title of the catalog", got=content_id, where="contentId")
