"""Takes events in: many requests share one commit, and none is answered before it is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from serving.analytics import store
from serving.analytics.contracts import Accepted, Event
from serving.database import Database, DatabaseDownError

MOST_IN_A_COMMIT = 5000
MOST_WAITING = 1000
"""Requests that may wait for a commit; past that the replica says so instead of piling up."""


@dataclass(slots=True)
class _Waiting:
    rows: list[dict[str, Any]]
    answer: asyncio.Future[set[str]]


class Intake:
    """The one writer of a process.

    While a commit is under way, what arrives gathers for the next one; so the more requests there
    are, the more share a commit, and a lone one waits for nobody.

    Parameters
    ----------
    database : Database
    check_titles : callable
        Refuses titles that nobody knows; gets them by the name of their field.
    count : callable
        Told the event types of what was new, and how many events had come before.
    count_rows : callable
        Told the row, if there is one, and the type of each new event.
    heard : callable
        Told which viewers did something that changes their page, before they are answered.
    """

    def __init__(
        self,
        database: Database,
        check_titles: Callable[[Mapping[str, str | None]], None],
        count: Callable[[list[str], int], None],
        count_rows: Callable[[Iterable[tuple[str | None, str]]], None],
        heard: Callable[[Iterable[str]], None],
    ) -> None:
        self._database = database
        self._check_titles, self._count, self._heard = check_titles, count, heard
        self._count_rows = count_rows
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(MOST_WAITING)
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write; to be called on the event loop that will serve."""
        self._writer = asyncio.create_task(self._write_forever())

    async def stop(self) -> None:
        """Finish what was accepted into the queue, then end."""
        await self._queue.join()
        if self._writer:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer

    async def accept(self, events: list[Event]) -> Accepted:
        """Return when the events are durable.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold one of their titles.
        DatabaseDownError
            If they are not, and the client should send them again.
        """
        self._check_titles(
            {
                f"{at}.titleId" if len(events) > 1 else "titleId": event.title_id
                for at, event in enumerate(events)
            }
        )
        rows = [_row(event) for event in events]
        waiting = _Waiting(rows, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise DatabaseDownError.now() from None
        new = await waiting.answer
        kinds = {row["event_id"]: row["event_type"] for row in rows if row["event_id"] in new}
        self._count(list(kinds.values()), len(rows) - len(kinds))
        self._count_rows(
            (row.get("row_id"), row["event_type"]) for row in rows if row["event_id"] in kinds
        )
        return Accepted(accepted=len(rows), duplicates=len(rows) - len(kinds))

    async def _write_forever(self) -> None:
        while True:
            group = [await self._queue.get()]
            while not self._queue.empty() and sum(len(w.rows) for w in group) < MOST_IN_A_COMMIT:
                group.append(self._queue.get_nowait())
            await self._commit(group)
            for _ in group:
                self._queue.task_done()

    async def _commit(self, group: list[_Waiting]) -> None:
        rows = [row for waiting in group for row in waiting.rows]
        try:
            new = await run_in_threadpool(store.append, self._database, rows)
        except DatabaseDownError as error:
            _answer_all(group, error)
        except Exception as error:  # noqa: BLE001  whatever it is, somebody waits for the answer
            if len(group) == 1:
                _answer_all(group, error)
            else:
                # One request's rows must not fail the others that happened to share its commit.
                for waiting in group:
                    await self._commit([waiting])
        else:
            self._heard(store.changed(rows))
            for waiting in group:
                mine = new & {row["event_id"] for row in waiting.rows}
                new -= mine  # an event that two requests brought is new for the first alone
                if not waiting.answer.done():
                    waiting.answer.set_result(mine)


def _answer_all(group: list[_Waiting], error: Exception) -> None:
    for waiting in group:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)


def _row(event: Event) -> dict[str, Any]:
    return {**event.model_dump(exclude_none=True), "event_id": str(event.event_id)}
