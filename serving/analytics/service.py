"""Takes events in: many requests share one commit, and none is answered before it is durable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from recsys.errors import UnknownTitleError
from serving.analytics import store
from serving.analytics.batches import Batch
from serving.analytics.contracts import Accepted, Event, Taken
from serving.analytics.partitions import Partitions
from serving.database import Database, DatabaseDownError
from serving.metrics import IntakeMeters
from serving.refusals import OverloadedError

MOST_IN_A_COMMIT = 5000
MOST_WAITING = 20_000
"""Events that may wait for a commit, some 20 MB; past that the replica says so instead of piling up."""
MOST_AT_ONCE = 256
"""Requests that are at work at one time. More of them would only wait longer for the same processor."""


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
    metrics : IntakeMeters
        Told the event types of what was new, how many events had come before, and how long commits took.
    heard : callable
        Told which viewers did something that changes their page, before they are answered.
    """

    def __init__(
        self,
        database: Database,
        check_titles: Callable[[Mapping[str, str | None]], None],
        metrics: IntakeMeters,
        heard: Callable[[Iterable[str]], None],
    ) -> None:
        self._database, self._partitions = database, Partitions(database)
        self._check_titles, self._metrics, self._heard = check_titles, metrics, heard
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._waiting = self._at_work = 0
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

    def admit(self) -> None:
        """Refuse a request before its body is read, where it would be refused after it.

        Raises
        ------
        OverloadedError
            If so many are at work that it would only wait.
        """
        if self._at_work >= MOST_AT_ONCE:
            self._metrics.shed.inc()
            raise OverloadedError.now()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work on a request whose body is there: one that sends it slowly keeps nobody out.

        Raises
        ------
        OverloadedError
            As ``admit`` does.
        """
        self.admit()
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1

    async def take(self, batch: Batch) -> Taken:
        """Return when the good events of a body are durable; titles that nobody knows are bad.

        Raises
        ------
        UnknownTitleError
            If a single event's title is one.
        DatabaseDownError, OverloadedError
            If they are not, and the client should send them again.
        """
        self._reject_unknown_titles(batch)
        rows = [_row(event) for event in batch.events.values()]
        duplicates = await self._written(rows) if rows else 0
        return Taken(
            accepted=len(rows),
            duplicates=duplicates,
            rejected=[batch.rejected[at] for at in sorted(batch.rejected)],
        )

    async def accept(self, events: list[Event], called: str = "titleId") -> Accepted:
        """Return when all events are durable.

        Parameters
        ----------
        events : list of Event
        called : str
            What the request calls a title.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold one of their titles.
        DatabaseDownError, OverloadedError
            If they are not, and the client should send them again.
        """
        self._check_titles(
            {
                f"{at}.{called}" if len(events) > 1 else called: event.title_id
                for at, event in enumerate(events)
            }
        )
        rows = [_row(event) for event in events]
        return Accepted(accepted=len(rows), duplicates=await self._written(rows))

    def _reject_unknown_titles(self, batch: Batch) -> None:
        named = {batch.place(at, "titleId"): one.title_id for at, one in batch.events.items()}
        try:
            self._check_titles(named)
        except UnknownTitleError:
            if not batch.listed:
                raise
            for at, event in list(batch.events.items()):
                try:
                    self._check_titles({"titleId": event.title_id})
                except UnknownTitleError as error:
                    batch.reject(at, "titleId", error.expected, error.got)

    async def _written(self, rows: list[dict[str, Any]]) -> int:
        """Wait until rows are durable, and return how many had come before."""
        if self._waiting and self._waiting + len(rows) > MOST_WAITING:
            self._metrics.shed.inc()
            raise OverloadedError.now()
        waiting = _Waiting(rows, asyncio.get_running_loop().create_future())
        self._wait(len(rows))
        self._queue.put_nowait(waiting)
        new = await waiting.answer
        kinds = {row["event_id"]: row["event_type"] for row in rows if row["event_id"] in new}
        self._metrics.count_events(list(kinds.values()), len(rows) - len(kinds))
        self._metrics.count_row_events(
            (row.get("row_id"), row["event_type"]) for row in rows if row["event_id"] in kinds
        )
        return len(rows) - len(kinds)

    def _wait(self, rows: int) -> None:
        self._waiting += rows
        self._metrics.waiting.set(self._waiting)

    async def _write_forever(self) -> None:
        while True:
            group = [await self._queue.get()]
            size = len(group[0].rows)
            while not self._queue.empty() and size < MOST_IN_A_COMMIT:
                group.append(self._queue.get_nowait())
                size += len(group[-1].rows)
            began = time.perf_counter()
            await self._commit(group)
            self._metrics.note_commit(size, time.perf_counter() - began)
            self._wait(-size)
            for _ in group:
                self._queue.task_done()

    async def _commit(self, group: list[_Waiting]) -> None:
        rows = [row for waiting in group for row in waiting.rows]
        try:
            new = await run_in_threadpool(store.append, self._database, rows, self._partitions)
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
