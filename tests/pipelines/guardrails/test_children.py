"""A model that shows children what is above their limit is found, whatever mask it was given."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.guardrails.children import ages_of, too_mature
from pipelines.guardrails.kinds import kinds
from recsys.algorithms.popularity import Popularity
from recsys.context import Context
from recsys.ranking.rights import Rights
from recsys.schema import TITLES
from recsys.split import global_time
from recsys.titles import Titles
from tests.worlds import small_world

INTERACTIONS, KNOWN = small_world(viewers=120)
RATINGS = ["all", "7", "12", "16", "18", None]
AT = TITLES.get_field_index("maturity_rating")
RATED = pa.array([RATINGS[number % len(RATINGS)] for number in range(len(KNOWN))], pa.string())
TITLES_RATED = Titles.from_table(KNOWN.table.set_column(AT, TITLES.field(AT), RATED))
SPLIT = global_time(
    INTERACTIONS, INTERACTIONS.histories.occurred_at.max() - np.timedelta64(20, "D")
)


class Careless(Popularity):
    """Shows what is most watched, whatever is allowed."""

    def recommend(self, *args: Any, **more: Any) -> Any:
        return super().recommend(*args, **{**more, "allowed": None})


def test_a_model_that_keeps_to_its_mask_shows_nothing_above_the_limit() -> None:
    assert too_mature(Popularity().fit(SPLIT.train, TITLES_RATED), SPLIT, TITLES_RATED) == 0


def test_a_model_that_does_not_is_found() -> None:
    assert too_mature(Careless().fit(SPLIT.train, TITLES_RATED), SPLIT, TITLES_RATED) > 100


def test_a_mask_that_lets_too_much_through_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(rights: Rights, context: Context) -> np.ndarray:
        return np.ones(len(KNOWN), bool)

    monkeypatch.setattr(Rights, "allowed", everything)
    assert too_mature(Popularity().fit(SPLIT.train, TITLES_RATED), SPLIT, TITLES_RATED) > 100


def test_what_is_not_rated_is_for_nobody_but_adults() -> None:
    assert ages_of(TITLES_RATED)[:6].tolist() == [0, 7, 12, 16, 18, 18]


def test_who_watched_what_is_for_children_alone_looks_like_a_child() -> None:
    found = dict(kinds(SPLIT, TITLES_RATED))["viewers: kids"]
    ages = ages_of(TITLES_RATED)
    for row, child in enumerate(found):
        watched = SPLIT.histories.take(np.array([row])).titles
        assert child == (len(watched) >= 3 and (ages[watched] <= 12).all())
