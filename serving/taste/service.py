"""Tells a viewer's taste as the models see it, and takes what the viewer says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from features.interactions import Engagement
from recsys.context import Context
from recsys.errors import EditError
from recsys.page.edits import Edit, Kind
from recsys.page.taste import KINDS, Word, spelling, taste
from serving.bundles import Champion
from serving.cards import Card, Face
from serving.database import Connection, Database, DatabaseDownError
from serving.news import tell
from serving.refusals import NoCatalogError
from serving.replica import Replica
from serving.tagged import Told
from serving.taste import store
from serving.taste.contracts import (
    MOST_EDITS,
    AskedForTaste,
    Behind,
    EditOfWord,
    Patch,
    Taste,
    WordOfTaste,
)
from serving.taste.wishes import Wishes


class Asks(Protocol):
    """Who asks, as far as any room but that of recommendations depends on it."""

    @property
    def context(self) -> Context:
        """What may be named."""

    @property
    def engagement(self) -> Engagement:
        """What was done."""

    @property
    def wishes(self) -> Wishes:
        """What was said."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that are wanted, the most wanted first."""

    @property
    def degraded(self) -> tuple[str, ...]:
        """What of it is not known."""


def wishes_of(connection: Connection, viewer_id: str) -> Wishes:
    """Return what a viewer said, for whoever makes an answer."""
    return store.read(connection, viewer_id)


class Tastes:
    """The use cases of this room.

    Parameters
    ----------
    champion : Champion
    database : Database
    who : callable
        Finds out who asks.
    heard : callable
        Told which viewers said something that changes their page.
    """

    def __init__(
        self,
        champion: Champion,
        database: Database,
        who: Callable[[AskedForTaste], Asks],
        heard: Callable[[Iterable[str]], None],
    ) -> None:
        self._champion, self._database = champion, database
        self._who, self._heard = who, heard

    def show(self, asked: AskedForTaste) -> Told[Taste]:
        """Return a viewer's taste.

        Raises
        ------
        NoCatalogError
            If there is nothing to say it from; so does ``change``.
        DatabaseDownError
            If what the viewer did is not known.
        """
        replica, asker = self._replica(), self._who(asked)
        if asker.degraded:
            raise DatabaseDownError.now()
        history = asker.wishes.history(asker.engagement, replica, asker.context)
        recommender = replica.recommender
        shown = recommender.allowed(asker.context)
        words = taste(recommender.titles, replica.facts.fields, history, asker.wishes.edits, shown)
        speech = replica.speech(asker.languages)
        card = replica.cards.read_in(speech.tags)
        by_kind = {kind: [_told(w, card) for w in words if w.kind == kind] for kind in KINDS}
        told = Taste(
            viewer_id=asked.viewer_id,
            history="paused" if asker.wishes.pauses.lasts else "running",
            genres=by_kind["genre"],
            people=by_kind["person"],
            keywords=by_kind["keyword"],
        )
        return Told(told, speech.language)

    def change(self, asked: AskedForTaste, patch: Patch) -> Told[Taste]:
        """Keep what a viewer says, all of it or nothing, and return the taste that it makes.

        Raises
        ------
        EditError
            If no title has a word, or more than ``MOST_EDITS`` would hold.
        DatabaseDownError
            If nothing was kept, and the client should say it again.
        """
        edits = list(_edits(patch.edits, self._replica()))
        taken_back = [(one.kind, one.value) for one in patch.edits if one.edit == "reset"]
        self._database.retried(
            lambda connection: _write(connection, asked.viewer_id, patch, edits, taken_back)
        )
        self._heard([asked.viewer_id])
        return self.show(asked)

    def _replica(self) -> Replica:
        if (current := self._champion.current) is None:
            raise NoCatalogError.now()
        return current


def _edits(given: Sequence[EditOfWord], replica: Replica) -> Iterator[Edit]:
    """Give the edits that are to hold, spelled as the catalog has it."""
    for at, one in enumerate(given):
        if one.edit != "reset":
            titles, fields = replica.recommender.titles, replica.facts.fields
            if (value := spelling(titles, fields, one.kind, one.value)) is None:
                raise EditError(
                    expected=f"a {one.kind} of the catalog",
                    got=one.value,
                    where=f"edits.{at}.value",
                )
            yield Edit(one.kind, value, one.edit)


def _write(
    connection: Connection,
    viewer_id: str,
    patch: Patch,
    edits: Sequence[Edit],
    taken_back: Sequence[tuple[Kind, str]],
) -> None:
    if patch.reset:
        store.forget(connection, viewer_id)
    store.unsay(connection, viewer_id, taken_back)
    store.say(connection, viewer_id, edits)
    if (count := len(store.read(connection, viewer_id).edits)) > MOST_EDITS:
        raise EditError(expected=f"at most {MOST_EDITS} edits in all", got=count, where="edits")
    if patch.history == "paused":
        store.pause(connection, viewer_id)
    elif patch.history == "running":
        store.resume(connection, viewer_id)
    tell(connection, [viewer_id])


def _told(word: Word, card: Callable[[int], Face]) -> WordOfTaste:
    cards = [Card(*card(title)) for title in word.titles]
    return WordOfTaste(
        kind=word.kind,
        value=word.value,
        weight=word.weight,
        edit=word.wish,
        titles=[Behind(content_id=one.content_id, name=one.name) for one in cards],
    )
