"""No viewer adds more than the limit to a table of counts, whatever the others do."""

from hypothesis import given
from hypothesis import strategies as st

from recsys.privacy.limit import limited

KEY = bytes(32)
viewers = st.dictionaries(st.text(max_size=4), st.sets(st.sampled_from("abcdefg")), max_size=8)


@given(viewers, st.integers(1, 4), st.text(max_size=4), st.sets(st.sampled_from("abcdefg")))
def test_one_viewer_more_changes_the_counts_by_no_more_than_the_limit(
    groups: dict[str, set[str]], most: int, newcomer: str, own: set[str]
) -> None:
    without = {name: those for name, those in groups.items() if name != newcomer}
    before = limited(without, most, ("q",), KEY)
    after = limited({**without, newcomer: own}, most, ("q",), KEY)
    changes = [after.get(one, 0) - before.get(one, 0) for one in "abcdefg"]
    assert set(changes) <= {0, 1}
    assert sum(changes) == min(most, len(own))


def test_who_is_in_few_groups_counts_to_all_of_them() -> None:
    assert limited({"a": {"x"}, "b": {"x", "y"}}, 2, ("q",), KEY) == {"x": 2, "y": 1}


def test_which_groups_count_is_drawn_by_day_and_not_by_name() -> None:
    drawn = {tuple(limited({"a": set("xyz")}, 1, ("q", str(day)), KEY)) for day in range(60)}
    assert drawn == {("x",), ("y",), ("z",)}
