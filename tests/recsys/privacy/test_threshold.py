"""A group passes exactly if enough different viewers are in it."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from recsys.privacy.threshold import crowds

pairs = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("xyz")), max_size=40)


@given(pairs, st.integers(1, 6))
def test_a_group_passes_exactly_if_k_viewers_are_in_it(seen: list[tuple[str, str]], k: int) -> None:
    table = pa.table(
        {
            "viewer_id": pa.array([viewer for viewer, _ in seen], pa.string()),
            "title_id": pa.array([title for _, title in seen], pa.string()),
        }
    )
    wanted = {t for _, t in seen if len({viewer for viewer, title in seen if title == t}) >= k}
    assert sorted(crowds(table, k)["title_id"].to_pylist()) == sorted(wanted)
