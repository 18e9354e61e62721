"""The truth behind the demo world, written beside it and read by whoever asks if a model found it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np

from pipelines.world import laws
from pipelines.world.behaviour import World
from pipelines.world.exposure import ROWS
from pipelines.world.state import State
from pipelines.world.strands import strands
from pipelines.world.streams import Floats, Ints, Vectors
from pipelines.world.tastes import Space, Tastes
from recsys.errors import InputError

RANKS = (len(ROWS) + 1, max(row.places for row in ROWS))


@dataclass(frozen=True, slots=True)
class Truth:
    """What the world's makers know.

    Attributes
    ----------
    viewer_ids, title_ids : list of str
        What the rows of the arrays stand for; titles without episodes, sorted.
    clusters : list of str
        Names of the strands that cluster numbers stand for.
    tastes : Tastes
        Of the viewers, at the start and at the end.
    mood : float32 (n_viewers, 16)
        What the last titles left each viewer in the mood for, at the end.
    where : Space
        Strands and titles.
    title_cluster : int64 (n_titles,)
    first_day : int64 (n_titles,)
        Day of release, from 0; negative for what was there before.
    examination : float64 (5, 5)
        Probability that a place is looked at, by row rank and item rank.
    days : int
    start : datetime
        The first day.
    """

    viewer_ids: list[str]
    title_ids: list[str]
    clusters: list[str]
    tastes: Tastes
    mood: Vectors
    where: Space
    title_cluster: Ints
    first_day: Ints
    examination: Floats
    days: int
    start: datetime

    def affinity(self, day: int, *, with_mood: bool = False) -> Vectors:
        """Return how much each viewer wants each title on a day, float32 (n_viewers, n_titles).

        Parameters
        ----------
        day : int
            In ``0 .. days - 1``.
        with_mood : bool
            Add the mood at the world's end, which holds for the last day only.
        """
        tastes = self.tastes.at(day / (self.days - 1))
        wanted = laws.wishes(tastes, self.mood) if with_mood else tastes
        appeal = self.where.appeal + laws.freshness(self.first_day, day)
        return laws.affinity(wanted, self.where.titles, appeal)

    @classmethod
    def of(cls, world: World, state: State, days: int, start: datetime) -> Self:
        """Collect the truth of a world whose last day is over."""
        return cls(
            viewer_ids=world.viewers.ids,
            title_ids=world.catalog.ids,
            clusters=[strand.key for strand in strands()],
            tastes=world.tastes,
            mood=state.mood,
            where=world.where,
            title_cluster=world.catalog.strand,
            first_day=world.catalog.releases.first_day,
            examination=laws.examination(np.arange(RANKS[0])[:, None], np.arange(RANKS[1])),
            days=days,
            start=start,
        )

    def write(self, directory: Path) -> None:
        """Write ``truth.npz`` and ``truth.json``."""
        np.savez_compressed(
            directory / "truth.npz",
            viewer_start=self.tastes.start,
            viewer_end=self.tastes.end,
            viewer_start_cluster=self.tastes.start_cluster,
            viewer_end_cluster=self.tastes.end_cluster,
            viewer_mood=self.mood,
            cluster_centres=self.where.centres,
            title_vectors=self.where.titles,
            title_appeal=self.where.appeal,
            title_cluster=self.title_cluster,
            title_first_day=self.first_day,
            examination=self.examination,
        )
        words = {
            "start": self.start.isoformat(),
            "days": self.days,
            "clusters": self.clusters,
            "affinity": f"sigmoid({laws.STEEPNESS:g} cos(viewer, title) - {laws.BAR:g} + appeal "
            f"+ {laws.BURST:g} exp(-days since release / {laws.BURST_DAYS:g}))",
            "examination": f"(1 + row_rank)^-{laws.ROW_FALL:g} (1 + item_rank)^-{laws.ITEM_FALL:g}",
            "click": "examination x affinity",
            "viewer_ids": self.viewer_ids,
            "title_ids": self.title_ids,
        }
        text = json.dumps(words, ensure_ascii=False, indent=1)
        (directory / "truth.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read what ``write`` wrote.

        Raises
        ------
        InputError
            If the directory holds no truth.
        """
        if not (directory / "truth.npz").is_file():
            raise InputError(expected="a demo world", got="no truth.npz", where=directory)
        words = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
        with np.load(directory / "truth.npz") as arrays:
            a = dict(arrays)
        return cls(
            viewer_ids=words["viewer_ids"],
            title_ids=words["title_ids"],
            clusters=words["clusters"],
            tastes=Tastes(
                a["viewer_start"],
                a["viewer_end"],
                a["viewer_start_cluster"],
                a["viewer_end_cluster"],
            ),
            mood=a["viewer_mood"],
            where=Space(a["cluster_centres"], a["title_vectors"], a["title_appeal"]),
            title_cluster=a["title_cluster"],
            first_day=a["title_first_day"],
            examination=a["examination"],
            days=words["days"],
            start=datetime.fromisoformat(words["start"]),
        )
