"""Rows that the catalog and the crowd make, in the order of the viewer's taste where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from recsys.page.kinds.kind import Kind
from recsys.page.material import Material
from recsys.page.ranked import Row


class Trending(Kind):
    """What many watch now, in the viewer's region where it is known."""

    kind: Literal["trending"]

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row, of what really is watched and not of what stands for want of it."""
        watched = material.crowd.take(material.crowd.sources == "popularity")
        words = material.speech.words
        name, why = words.rows[self.kind], words.trending(material.context.region)
        yield Row(self.kind, self.kind, name, why, "popularity", watched, in_order=True)


class Kids(Kind):
    """What is watched most of what is for children, on the page of one who may or does watch that.

    Attributes
    ----------
    age : int
        For whom it is meant, in years.
    limit : int
        A viewer whose own limit is no higher is a child.
    share : float
        So much of a history for children makes it a page that children look at.
    """

    kind: Literal["kids"]
    age: int = Field(default=7, ge=0)
    limit: int = Field(default=12, ge=0)
    share: float = Field(default=0.3, ge=0, le=1)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row."""
        context, ages = material.context, material.facts.ages
        watched = ages[material.history.titles] <= self.age
        child = context.maximum_age is not None and context.maximum_age <= self.limit
        if child or (len(watched) and watched.mean() >= self.share):
            meant = material.crowd.take(ages[material.crowd.ids] <= self.age)
            words = material.speech.words
            name, why = words.rows[self.kind], words.reasons[self.kind]
            yield Row(self.kind, self.kind, name, why, "popularity", meant, in_order=True)


class New(Kind):
    """The newest titles.

    Attributes
    ----------
    newest : int
        How many count as new.
    days : float
        What came longer ago is new no more.
    """

    kind: Literal["new"]
    newest: int = Field(default=100, ge=1)
    days: float = Field(default=365, gt=0)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row: first those that are ranked, then by age."""
        # What is announced is not there.
        newest = material.facts.debuts.newest(material.now, material.fresh, self.newest)
        newest = newest[material.days_since(material.facts.debuts.at[newest]) <= self.days]
        said, words = "new-for-you" if material.personal else "new", material.speech.words
        name, why = words.rows[said], words.reasons[said]
        titles = material.ranked_first(newest, "new")
        recent = np.zeros(len(material.fresh), bool)
        recent[newest] = True
        yield Row(self.kind, self.kind, name, why, "new", titles, open_to=recent)


class LeavingSoon(Kind):
    """What can be watched for some days only.

    Attributes
    ----------
    days : int
    """

    kind: Literal["leaving-soon"]
    days: int = Field(default=30, ge=1)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row: first those that are ranked, then by how soon they go."""
        until, now = material.facts.until, material.now
        leaving = until.between(now, now + np.timedelta64(self.days, "D"))
        leaving = leaving[material.fresh[leaving]]
        soonest = leaving[np.argsort(until.at[leaving], kind="stable")]
        titles = material.ranked_first(soonest, "leaving")
        words = material.speech.words
        name, why = words.rows[self.kind], words.reasons[self.kind].format(days=self.days)
        yield Row(self.kind, self.kind, name, why, "leaving", titles)
