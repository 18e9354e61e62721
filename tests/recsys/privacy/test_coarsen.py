"""Times become coarse, and never later."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from recsys.privacy.coarsen import coarsen
from recsys.schema import TIME

moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.lists(moments, min_size=1), st.sampled_from([1, 60, 900, 3600, 86_400]))
def test_a_time_is_floored_to_the_step_and_no_further(exact: list[datetime], seconds: int) -> None:
    coarse = coarsen(pa.array(exact, TIME), seconds).to_pylist()
    step = timedelta(seconds=seconds)
    for before, after in zip(exact, coarse, strict=True):
        assert timedelta(0) <= before - after < step
        assert (after - EPOCH) % step == timedelta(0)


def test_no_time_stays_none() -> None:
    assert coarsen(pa.array([None], TIME), 60).to_pylist() == [None]
