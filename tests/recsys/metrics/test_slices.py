"""Slices part the test: each relevant title is in one slice of a dimension."""

from dataclasses import replace

import numpy as np

from recsys.metrics.slices import REGIONS, parts
from recsys.split import Split, cut_at, global_time
from recsys.titles import Titles
from tests import worlds

World = tuple[worlds.Interactions, Titles]


def split_of(world: World) -> Split:
    return global_time(world[0], cut_at(world[0], 0.3))


def test_the_slices_of_a_dimension_hold_each_relevant_title_once(small_world: World) -> None:
    split = split_of(small_world)
    found = list(parts(split, small_world[1]))
    dimensions = {part.dimension for part in found}
    assert dimensions == {"history length", "region", "watched before the test", "title age"}
    for dimension in dimensions:
        total = sum(len(p.held_out.titles) for p in found if p.dimension == dimension)
        assert total == len(split.held_out.titles)


def test_history_length_counts_what_was_known_at_the_question(small_world: World) -> None:
    split = split_of(small_world)
    named = {p.name: p for p in parts(split) if p.dimension == "history length"}
    short = np.flatnonzero((split.histories.lengths >= 1) & (split.histories.lengths < 5))
    assert named["1-4"].n_viewers == len(short)


def test_titles_that_nobody_watched_before_are_a_slice_of_their_own() -> None:
    viewers, titles = np.array([0, 0, 1, 1, 1]), np.array([0, 1, 0, 1, 2])
    table = worlds.interactions_table(viewers, titles)
    interactions = worlds.Interactions.from_table(table)
    split = global_time(interactions, np.datetime64("2024-01-05T00:00:00"))
    assert [p.name for p in parts(split) if p.dimension.startswith("watched")] == ["never"]


def test_small_regions_are_shown_together(small_world: World) -> None:
    split = split_of(small_world)
    names = np.array([f"{i:02d}" for i in range(len(split.viewers))], "U2")
    many = replace(split, histories=replace(split.histories, regions=names))
    found = [p for p in parts(many) if p.dimension == "region"]
    assert len(found) == REGIONS + 1
    assert found[-1].name == "others"
    assert found[-1].n_viewers == len(names) - REGIONS


def test_one_region_is_no_slice() -> None:
    interactions, _ = worlds.checkerboard()
    assert "region" not in {p.dimension for p in parts(split_of((interactions, None)))}
