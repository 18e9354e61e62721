"""Rows are chosen and ordered jointly: by what they add, under what a page must and must not have."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.page.assemble import assemble
from recsys.page.genres import miscalibration, mix
from recsys.page.ranked import Row
from tests.recsys.page.material import FACTS, N_TITLES, material, policy, ranked

KINDS = [{"kind": "top-picks"}, {"kind": "trending"}, {"kind": "new"}, {"kind": "hidden-gems"}]


def row(kind: str, ids: list[int], *, in_order: bool = False) -> Row:
    return Row(kind, kind, kind, "", "test", ranked(ids), in_order=in_order)


def ids_of(page: list[Row]) -> dict[str, list[int]]:
    return {one.row_id: one.titles.ids.tolist() for one in page}


def test_what_appeals_most_comes_first_and_a_title_stands_where_it_is_likeliest_looked_at() -> None:
    asker = material(picks=range(20))
    page = assemble(
        [row("new", [3, 8, 9, 10, 11]), row("top-picks", [0, 1, 2, 3])], asker, policy(KINDS)
    )
    assert ids_of(page) == {"top-picks": [0, 1, 2], "new": [3, 8, 9, 10]}


def test_a_row_leaves_what_lies_past_its_end_to_the_next() -> None:
    page = assemble(
        [row("top-picks", [0, 1, 2, 3, 4, 5]), row("new", [4, 5, 6])],
        material(picks=range(20)),
        policy(KINDS),
    )
    assert ids_of(page) == {"top-picks": [0, 1, 2, 3], "new": [4, 5, 6]}


def test_a_row_that_gets_too_short_is_not_shown() -> None:
    page = assemble(
        [row("top-picks", [0, 1, 2, 3]), row("new", [1, 2, 3, 4])],
        material(picks=range(20)),
        policy(KINDS),
    )
    assert ids_of(page) == {"top-picks": [0, 1, 2, 3]}


def test_a_page_has_no_more_rows_of_a_kind_than_it_may() -> None:
    proposed = [
        Row("because", f"because-{at}", "", "", "similar", ranked(range(4 * at, 4 * at + 4)))
        for at in range(4)
    ]
    page = assemble(proposed, material(), policy([{"kind": "because", "most": 2}]))
    assert [one.row_id for one in page] == ["because-0", "because-1"]


def test_what_a_page_must_have_gets_the_last_place() -> None:
    must = [{"kind": "top-picks"}, {"kind": "trending"}, {"kind": "new", "least": 1}]
    proposed = [
        row("top-picks", [0, 1, 2]),
        row("trending", [3, 4, 5]),
        row("new", [20, 21, 22, 23, 24]),
    ]
    page = assemble(proposed, material(picks=range(30)), policy(must, rows=2, titles=3))
    assert list(ids_of(page)) == ["top-picks", "new"]


def test_what_a_page_must_have_is_not_starved_by_what_has_the_same_titles() -> None:
    must = [{"kind": "top-picks"}, {"kind": "new", "least": 1}]
    proposed = [row("top-picks", [0, 1, 2, 3]), row("new", [3, 2, 1])]
    page = assemble(proposed, material(picks=range(30)), policy(must))
    assert "new" in ids_of(page)


def test_a_row_that_must_be_there_keeps_enough_of_its_few_titles() -> None:
    must = [{"kind": "top-picks"}, {"kind": "new", "least": 1}]
    proposed = [row("top-picks", list(range(1, 30))), row("new", [1, 2, 3, 4])]
    page = assemble(proposed, material(picks=range(30)), policy(must, shortest=4, titles=8))
    assert sorted(ids_of(page)["new"]) == [1, 2, 3, 4]
    assert len(ids_of(page)["top-picks"]) == 8


def test_lift_and_own_appeal_put_a_row_first() -> None:
    lifted = [{"kind": "top-picks"}, {"kind": "new", "lift": 10.0}]
    proposed = [row("top-picks", [0, 1, 2]), row("new", [10, 11, 12])]
    asker = material(picks=range(20))
    assert next(iter(ids_of(assemble(proposed, asker, policy(KINDS))))) == "top-picks"
    assert next(iter(ids_of(assemble(proposed, asker, policy(lifted))))) == "new"


def test_calibration_brings_the_genres_of_the_history_onto_the_page() -> None:
    # Watched: comedies and one drama. The picks are crime alone, the new titles comedies and dramas.
    asker = material(watched=[0, 4, 8, 1], picks=range(2, 40, 4))
    proposed = [row("top-picks", list(range(2, 18, 4))), row("new", [12, 16, 20, 5])]
    of = {
        dial: assemble(proposed, asker, policy(KINDS, rows=1, calibration=dial))
        for dial in (0.0, 0.9)
    }
    assert list(ids_of(of[0.0])) == ["top-picks"]
    assert list(ids_of(of[0.9])) == ["new"]
    wanted = mix(FACTS.genres.mass(asker.history.titles, asker.history.weights))
    off = {
        dial: miscalibration(
            wanted, mix(FACTS.genres.mass(page[0].titles.ids, np.ones(4, np.float32)))
        )
        for dial, page in of.items()
    }
    assert off[0.9] < off[0.0]


def test_diversity_varies_a_row_and_leaves_one_whose_order_means_something() -> None:
    asker = material(picks=[0, 4, 8, 1, 2, 3])  # three comedies first
    proposed = [row("top-picks", [0, 4, 8, 1, 2, 3])]
    plain = assemble(proposed, asker, policy(KINDS))
    varied = assemble(proposed, asker, policy(KINDS, diversity=0.6))
    fixed = assemble(
        [row("top-picks", [0, 4, 8, 1, 2, 3], in_order=True)], asker, policy(KINDS, diversity=0.6)
    )
    assert ids_of(plain)["top-picks"] == ids_of(fixed)["top-picks"] == [0, 4, 8, 1]
    assert ids_of(varied)["top-picks"] == [0, 1, 2, 3]


def test_where_titles_are_few_rows_are_short_and_not_few() -> None:
    must = [{"kind": "top-picks", "least": 1}, {"kind": "trending", "least": 1}]
    asker = material(picks=range(12), hidden=range(12, N_TITLES))
    proposed = [row("top-picks", list(range(12))), row("trending", list(range(11, -1, -1)))]
    page = assemble(proposed, asker, policy(must, titles=20))
    # Twelve titles for two rows and two more: three in each.
    assert ids_of(page) == {"top-picks": [0, 1, 2], "trending": [11, 10, 9]}


def test_where_hardly_anything_may_be_shown_a_short_row_is_better_than_none() -> None:
    proposed = [row("top-picks", [3]), row("new", [3, 4]), row("trending", [4])]
    made = policy(KINDS, shortest=4)
    assert ids_of(assemble(proposed, material(picks=[3, 4]), made)) == {"new": [3, 4]}


def test_without_titles_there_is_no_page() -> None:
    assert assemble([], material(), policy(KINDS)) == []
    assert assemble([row("new", [])], material(), policy(KINDS)) == []


titles = st.lists(st.integers(0, N_TITLES - 1), unique=True, max_size=15)


@settings(deadline=None)
@given(
    st.lists(titles, max_size=4),
    st.integers(2, 8),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from([0.0, 0.5]),
)
def test_no_page_has_a_title_twice_or_a_row_too_short(
    lists: list[list[int]], longest: int, shortest: int, dial: float, share: float
) -> None:
    rules = {"titles": [f"t{n:02d}" for n in range(10)], "share": share, "name": "p"}
    made = policy(
        KINDS,
        titles=longest,
        shortest=min(shortest, longest),
        calibration=dial,
        diversity=dial,
        promotions=[rules] if share else [],
        caps=[{"field": "genre", "most": 3, "within": 4}],
    )
    proposed = [row(kind["kind"], ids) for kind, ids in zip(KINDS, lists, strict=False)]
    page = assemble(proposed, material(watched=[39], picks=range(20)), made)
    shown = [title for one in page for title in one.titles.ids.tolist()]
    assert len(shown) == len(set(shown))
    assert all(len(one.titles.ids) <= longest for one in page)
    assert all(len(one.titles.ids) == len(one.titles.scores) for one in page)
