"""Takes feedback, and lets staff decide what others may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from starlette.concurrency import run_in_threadpool

from recsys.schema import EventType
from serving.analytics.contracts import Event
from serving.analytics.service import Intake
from serving.database import Connection, Database
from serving.feedback import store
from serving.feedback.contracts import AskedForReviews, Decision, Feedback, Given, Review, Reviews
from serving.identity.contracts import Caller
from serving.refusals import ChangedError, NotAllowedError, UnknownReviewError


class Opinions:
    """The use cases of this room.

    Parameters
    ----------
    database : Database
    intake : Intake
        Thumbs and stars are events like others.
    check_titles : callable
        Refuses titles that nobody knows; gets them by the name of their field.
    """

    def __init__(
        self,
        database: Database,
        intake: Intake,
        check_titles: Callable[[Mapping[str, str | None]], None],
    ) -> None:
        self._database, self._intake, self._check_titles = database, intake, check_titles

    async def give(self, caller: Caller, feedback: Feedback) -> Given:
        """Take feedback; all of it is durable when this returns, and giving it again does no harm.

        Raises
        ------
        NotAllowedError
            If the caller is no viewer.
        UnknownTitleError
            If the catalog does not hold the title.
        DatabaseDownError, OverloadedError
            If it is not durable, and the client should send it again.
        """
        viewer = viewer_of(caller)
        self._check_titles({"contentId": feedback.content_id})
        taken = await self._intake.accept(_events(viewer, feedback))
        review = await run_in_threadpool(self._write, viewer, feedback)
        return Given(accepted=taken.accepted, duplicates=taken.duplicates, review=review)

    def own(self, caller: Caller) -> Reviews:
        """Return all that a viewer wrote."""
        with self._database.reading() as connection:
            return Reviews(reviews=store.own(connection, viewer_of(caller)), next=None)

    def own_of(self, caller: Caller, title_id: str) -> Review:
        """Return what a viewer wrote of a title.

        Raises
        ------
        UnknownReviewError
            If that is nothing.
        """
        with self._database.reading() as connection:
            found = store.own(connection, viewer_of(caller), title_id)
        if not found:
            raise UnknownReviewError(
                expected="a title that you reviewed", got=title_id, where="contentId"
            )
        return found[0]

    def delete(self, caller: Caller, title_id: str) -> None:
        """Forget what a viewer wrote of a title; what is not there is forgotten already."""
        viewer = viewer_of(caller)
        self._database.retried(lambda connection: store.delete(connection, viewer, title_id))

    def listed(self, asked: AskedForReviews) -> Reviews:
        """Return reviews for staff, the earliest first."""
        with self._database.reading() as connection:
            found = store.listed(connection, asked.state, asked.after, asked.limit)
        full = len(found) == asked.limit
        return Reviews(reviews=found, next=found[-1].review_id if full else None)

    def decide(self, staff: Caller, review_id: UUID, decision: Decision) -> Review:
        """Decide on a review as it was read.

        Raises
        ------
        UnknownReviewError
            If it is gone.
        ChangedError
            If its text is another by now.
        """
        given = {"id": review_id, "by": staff.subject, **decision.model_dump()}

        def work(connection: Connection) -> Review:
            found = store.decide(connection, given)
            if found is not None:
                return found
            newest = store.revision(connection, review_id)
            if newest is None:
                raise UnknownReviewError(expected="a review", got=review_id, where="reviewId")
            raise ChangedError(
                expected=f"the newest revision, {newest}", got=decision.revision, where="revision"
            )

        return self._database.retried(work)

    def _write(self, viewer: str, feedback: Feedback) -> Review | None:
        given = {
            "id": uuid4(),
            "viewer": viewer,
            "title": feedback.content_id,
            "text": feedback.review,
            "stars": feedback.stars,
        }

        def work(connection: Connection) -> Review | None:
            if feedback.review is not None:
                return store.write(connection, given)
            if feedback.stars is not None:
                return store.rate(connection, given)
            found = store.own(connection, viewer, feedback.content_id)
            return found[0] if found else None

        return self._database.retried(work)


def viewer_of(caller: Caller) -> str:
    """Return whose opinions a caller gives: one's own, and nobody else's.

    Raises
    ------
    NotAllowedError
        If the token names no viewer.
    """
    if caller.profile_id is None:
        raise NotAllowedError(expected="a viewer's token", got=caller.subject, where="token")
    return caller.profile_id


def _events(viewer: str, feedback: Feedback) -> list[Event]:
    """Return thumb and stars as events, with ids that follow from that of the feedback."""
    said = {EventType.RATING: feedback.stars, EventType.THUMB: feedback.thumb}
    root = feedback.feedback_id or uuid4()
    return [
        Event.model_construct(
            event_id=uuid5(root, f"{viewer}\n{feedback.content_id}\n{kind}"),
            event_type=str(kind),
            viewer_id=viewer,
            title_id=feedback.content_id,
            occurred_at=datetime.now(UTC),
            value=float(value),
        )
        for kind, value in said.items()
        if value is not None
    ]
