"""Boosts, promotions and caps do what they say, in their time and place, and not past rights."""

from datetime import timedelta

import pytest

from recsys.page.assemble import assemble
from recsys.page.material import Material
from recsys.page.ranked import Row
from recsys.page.rules import places
from tests.recsys.page.material import NOW, material, policy, ranked

TOP = [{"kind": "top-picks"}]


def page(made_of: Material, titles: int = 8, **rules: object) -> Row:
    """One row of the first titles, under rules."""
    proposed = [
        Row("top-picks", "top-picks", "", "", "hybrid", ranked(range(20)), open_to=made_of.fresh)
    ]
    (row,) = assemble(proposed, made_of, policy(TOP, titles=titles, **rules))
    return row


def ids(row: Row) -> list[int]:
    return row.titles.ids.tolist()


ASKER = material(watched=[39], picks=range(20))


def test_a_boost_moves_titles_up_and_a_bury_down() -> None:
    up = [{"filter": 'genre = "Western"', "factor": 100.0}]
    down = [{"filter": 'genre = "Comedy"', "factor": 0.01}]
    assert ids(page(ASKER, 4, boosts=up)) == [3, 7, 11, 15]
    assert ids(page(ASKER, 4, boosts=down)) == [1, 2, 3, 5]


def test_a_boost_of_a_row_puts_the_row_higher() -> None:
    rows = [
        Row("top-picks", "top-picks", "", "", "hybrid", ranked([0, 4, 8])),
        Row("new", "new", "", "", "new", ranked([3, 7, 11])),
    ]
    kinds = [{"kind": "top-picks"}, {"kind": "new"}]
    boosts = [{"titles": ["t03", "t07", "t11"], "factor": 50.0}]
    assert [one.kind for one in assemble(rows, ASKER, policy(kinds))] == ["top-picks", "new"]
    boosted = assemble(rows, ASKER, policy(kinds, boosts=boosts))
    assert [one.kind for one in boosted] == ["new", "top-picks"]


@pytest.mark.parametrize(
    "limits", [{"ends": NOW}, {"starts": NOW + timedelta(days=1)}, {"regions": ["SE"]}]
)
def test_a_rule_holds_in_its_time_and_place_alone(limits: dict[str, object]) -> None:
    chosen = {"titles": ["t30"]} | limits
    boosts, promotions = [chosen | {"factor": 9.0}], [chosen | {"name": "p", "share": 0.5}]
    assert ids(page(ASKER, boosts=boosts, promotions=promotions)) == list(range(8))


def test_a_promotion_gets_its_share_of_the_places_and_says_so() -> None:
    promotion = {"name": "Autumn", "titles": ["t30", "t31", "t32"], "share": 0.25}
    row = page(ASKER, promotions=[promotion])
    assert ids(row) == [0, 1, 2, 30, 3, 4, 5, 31]
    assert [at for at, source in enumerate(row.titles.sources) if source == "promoted"] == [3, 7]


def test_no_promotion_shows_what_may_not_be_shown() -> None:
    promotion = {"name": "Autumn", "titles": ["t30", "t31"], "share": 0.25}
    hidden = material(watched=[39], picks=range(20), hidden=[30])
    assert 30 not in ids(page(hidden, promotions=[promotion]))
    assert 31 in ids(page(hidden, promotions=[promotion]))


def test_a_title_is_promoted_once_on_a_page_and_not_where_it_stands_already() -> None:
    promotion = {"name": "Autumn", "titles": ["t01"], "share": 0.25}
    assert ids(page(ASKER, promotions=[promotion])) == list(range(8))


def test_a_cap_keeps_out_what_would_be_too_much_of_one_kind() -> None:
    # Director 0 has 0, 5, 10, 15; of four places no two may be of one director.
    capped = ids(page(ASKER, caps=[{"field": "director", "most": 1, "within": 8}]))
    assert capped == [0, 1, 2, 3, 4]
    window = ids(page(ASKER, caps=[{"field": "genre", "most": 1, "within": 4}]))
    assert all(len({one % 4 for one in window[at : at + 4]}) == 4 for at in range(5))


def test_shares_of_places_are_spread_and_never_the_first() -> None:
    assert places(0.5, 6) == [1, 3, 5]
    assert places(0.2, 20) == [4, 9, 14, 19]
    assert places(0.2, 20, ahead=0.5) == [2, 7, 12, 17]
    assert all(0 not in places(share / 100, 20) for share in range(1, 51))


def test_what_was_shown_often_gives_way_and_the_rest_stays_in_order() -> None:
    tired = material(watched=[39], picks=range(20), shown={0: 100.0, 2: 100.0, 3: 0.1})
    assert ids(page(tired, 5)) == [0, 1, 2, 3, 4]
    assert ids(page(tired, 5, fatigue={"patience": 5.0})) == [1, 3, 4, 5, 6]


def test_promotions_that_share_a_place_take_turns() -> None:
    both = [
        {"name": "one", "titles": ["t30", "t31", "t32"], "share": 0.25},
        {"name": "other", "titles": ["t33", "t34"], "share": 0.25},
    ]
    assert ids(page(ASKER, promotions=both)) == [0, 1, 2, 30, 3, 4, 5, 33]


def test_a_cap_holds_for_what_is_promoted_too() -> None:
    # Title 30 is crime, of which 2 stands there already.
    promotion = {"name": "p", "titles": ["t30", "t31"], "share": 0.25}
    cap = {"field": "genre", "most": 1, "within": 4}
    assert ids(page(ASKER, 4, promotions=[promotion], caps=[cap])) == [0, 1, 2, 31]


def test_a_cap_that_leaves_no_row_long_enough_does_not_empty_the_page() -> None:
    cap = {"field": "type", "most": 1, "within": 10}
    assert ids(page(ASKER, caps=[cap])) == [0]


def test_nobody_tires_of_what_is_their_own() -> None:
    own = Row("my-list", "my-list", "", "", "listed", ranked([0, 1, 2, 3]), in_order=True)
    tired = material(picks=range(20), shown={0: 100.0})
    made = policy([{"kind": "my-list"}], fatigue={"patience": 5.0})
    (row,) = assemble([own], tired, made)
    assert ids(row) == [0, 1, 2, 3]
