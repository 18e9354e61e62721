"""What answers one request from its beginning to its end: a recommender, and how its titles look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.progress import Episodes
from recsys.errors import UnknownTitleError
from recsys.page.facts import Facts
from recsys.page.microgenres import MicroGenres
from recsys.page.policy import Policy
from recsys.page.resuming import Resuming
from recsys.page.speech import Speech
from recsys.ranking.recommender import Recommender
from recsys.translations import languages_of
from serving.cards import Cards
from serving.catalog_only import CatalogOnly
from serving.digests import joined


@dataclass(frozen=True, slots=True)
class Versions:
    """Digests of what a replica was put together from besides its bundle; "" is what the bundle holds."""

    catalog: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Replica:
    """A recommender with all that is read off its catalog once.

    Attributes
    ----------
    recommender : Recommender or CatalogOnly
    cards : Cards
    episodes : Episodes
        In the order in which they are watched.
    title_ids : frozenset
        Every title of the catalog, episodes included.
    facts : Facts
        What the rows of a page ask of the catalog.
    policy : Policy
        Which rows a page may have.
    offered : pyarrow.Table
        TITLES as the catalog of now has them: those that came after the bundle too, and none that was taken away.
    changed : frozenset of str
        Titles that staff changed since they were ingested, or added.
    missing : tuple of str
        What every answer lacks.
    versions : Versions
    translated : frozenset of str
        Languages into which the name of some title is translated.
    mark : object
        Of this replica and no other: what was kept of another's answers is not this one's.
    """

    recommender: Recommender | CatalogOnly
    cards: Cards
    episodes: Episodes
    title_ids: frozenset[str]
    facts: Facts
    policy: Policy
    offered: pa.Table
    missing: tuple[str, ...] = ()
    changed: frozenset[str] = frozenset()
    versions: Versions = Versions()
    translated: frozenset[str] = frozenset()
    mark: object = field(default_factory=object)

    @classmethod
    def of(
        cls,
        recommender: Recommender | CatalogOnly,
        artwork: Path,
        policy: Policy,
        missing: tuple[str, ...] = (),
        *,
        micro: MicroGenres | None = None,
        resuming: Resuming | None = None,
        versions: Versions = Versions(),
        offered: pa.Table | None = None,
        changed: frozenset[str] = frozenset(),
    ) -> Self:
        """Read the catalog of a recommender, and which posters there are in a folder.

        What is ``offered`` is the recommender's own catalog if nothing else is said.
        """
        return cls(
            recommender,
            Cards(recommender.titles, artwork),
            Episodes.of(recommender.catalog),
            frozenset(recommender.catalog["title_id"].to_pylist()),
            Facts.of(recommender.titles, micro, resuming),
            policy,
            recommender.catalog if offered is None else offered,
            missing,
            changed,
            versions,
            languages_of(recommender.catalog if offered is None else offered),
        )

    def speech(self, wanted: Sequence[str]) -> Speech:
        """Return what to say things with to one who wants languages, the wider ones of each among them."""
        return self.policy.speech(wanted, self.translated)

    def without(self, withdrawn: frozenset[str]) -> Self:
        """Return the same replica, which shows some titles to nobody, nor the episodes of a series among them."""
        if not withdrawn:
            return self
        ids = pa.array(sorted(withdrawn), pa.string())
        offered = self.offered
        gone = (pc.is_in(offered[name], value_set=ids) for name in ("title_id", "series_id"))
        recommender = self.recommender
        mask = np.zeros(len(recommender.titles), bool)
        mask[self.facts.internal(ids.to_pylist())] = True
        return replace(
            self,
            recommender=recommender.without(mask),
            episodes=self.episodes.without(withdrawn),
            offered=offered.filter(pc.invert(reduce(pc.or_, gone))),
            versions=replace(
                self.versions, catalog=joined(self.versions.catalog, *ids.to_pylist())
            ),
            mark=object(),
        )

    @property
    def bundle_id(self) -> str | None:
        """The bundle that answers, if it is one."""
        return self.recommender.bundle_id or None

    def internal(self, title_id: str, field: str) -> int:
        """Return the internal id of a title, an episode's being its series'.

        Returns
        -------
        int
            -1 for a title of the catalog that the recommender does not know: it came after the
            bundle.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it; the error names the request's field.
        """
        if title_id not in self.title_ids:
            raise UnknownTitleError(expected="a title of the catalog", got=title_id, where=field)
        wanted = self.episodes.series.get(title_id, title_id)
        return int(self.recommender.titles.ids.internal([wanted])[0])
