"""Values are chosen by slices before the night's cut; what the gate or a report judges by has no say."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.build import moments
from pipelines.files import lock
from pipelines.tuning.protocols import of_protocol
from pipelines.tuning.validation import of_store
from recsys.errors import BusyError, ConfigError, InputError
from tests.pipelines.tuning import small


def test_slices_follow_each_other_and_end_where_the_gates_begin(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    _, cut = moments(store)
    found = of_store(store, 4)
    cuts = [one.split.moment for one in found.slices]
    assert cuts == sorted(set(cuts))
    ends = [*cuts[1:], np.datetime64(int(cut.timestamp()), "s")]
    for one, end in zip(found.slices, ends, strict=True):
        split = one.split
        assert split.train.histories.occurred_at.max() < split.moment
        assert split.held_out.occurred_at.min() >= split.moment
        assert split.held_out.occurred_at.max() < end
    assert found.choosing == found.slices[:3]
    assert found.proving is found.slices[3]


def test_no_event_of_the_test_part_has_any_influence(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    before = of_store(store, 3)
    _, cut = moments(store)
    _tamper_from(store, cut)
    assert of_store(store, 3).digest == before.digest


def test_an_event_before_it_has(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    before = of_store(store, 3)
    _tamper_from(store, datetime(2000, 1, 1, tzinfo=UTC))
    assert of_store(store, 3).digest != before.digest


def test_what_was_built_of_the_test_part_is_not_even_opened(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    before = of_store(store, 3)
    for name in ("interactions.parquet", "known.parquet", "popular.parquet"):
        (store / "built" / name).write_bytes(b"garbage")
    assert of_store(store, 3).digest == before.digest


def test_interactions_that_were_not_built_yet_are_built(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    before = of_store(store, 3)
    (store / "built" / "moments.json").unlink()
    assert of_store(store, 3).digest == before.digest


def test_while_a_night_is_at_work_nothing_is_read(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    with lock(store / "night.lock"), pytest.raises(BusyError):
        of_store(store, 3)


@pytest.mark.parametrize("count", [2, 9])
def test_too_few_slices_or_too_many_are_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(ConfigError, match="3 to 8 slices"):
        of_store(tmp_path, count)


def test_a_store_without_a_lake_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a lake"):
        of_store(tmp_path, 3)


def test_a_store_with_damaged_moments_is_refused(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    (store / "built" / "moments.json").write_text('{"until": 3}')
    with pytest.raises(InputError, match=r"moments\.json"):
        of_store(store, 3)


def test_too_short_a_time_for_so_many_slices_is_refused(tmp_path: Path) -> None:
    store = small.store(tmp_path)
    until, _ = moments(store)
    first = pc.min(pq.read_table(store / "lake" / "events")["occurred_at"]).as_py()
    early = {"until": until.isoformat(), "cut": first.replace(tzinfo=UTC).isoformat()}
    (store / "built" / "moments.json").write_text(json.dumps(early))
    with pytest.raises(InputError, match="at least one interaction"):
        of_store(store, 3)


@pytest.mark.parametrize(
    ("protocol", "options"),
    [
        ("leave-last-out", {}),
        ("strong-generalisation", {}),
        ("strong-generalisation", {"fold_in": "random"}),
    ],
)
def test_no_row_of_a_protocols_test_part_has_any_influence(
    tmp_path: Path, protocol: str, options: dict[str, str]
) -> None:
    here, there = tmp_path / "one" / "data", tmp_path / "other" / "data"
    rows = _sequences(40, 12)
    _write_sequences(here, rows)
    before = of_protocol(protocol, here, 3, options)
    held_out = _test_rows(protocol, here, options)
    assert held_out
    _write_sequences(there, [_swapped(row) if row in held_out else row for row in rows])
    assert of_protocol(protocol, there, 3, options).digest == before.digest


def test_the_titles_before_the_last_are_asked_for_the_oldest_first(tmp_path: Path) -> None:
    _write_sequences(tmp_path, _sequences(5, 12))
    found = of_protocol("leave-last-out", tmp_path, 3, {})
    asked = [one.split.train.title_ids.values[one.split.held_out.titles] for one in found.slices]
    # Viewer v watches the titles v, v + 1, … in this order; the last is v + 11.
    assert [ids[0] for ids in asked] == ["8", "9", "10"]


def test_of_a_full_ranking_other_titles_are_drawn_for_each_slice(tmp_path: Path) -> None:
    for name, first in (("train.txt", 0), ("test.txt", 20)):
        lines = [f"{v} {' '.join(str(first + (v + k) % 20) for k in range(10))}" for v in range(9)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    found = of_protocol("full-ranking", tmp_path, 3, {})
    ids = [one.split.train.title_ids.values[one.split.held_out.titles] for one in found.slices]
    assert all(int(title) < 20 for one in ids for title in one)
    assert len({tuple(one) for one in ids}) == 3


def test_a_protocol_of_which_no_slices_can_be_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="leave-last-out"):
        of_protocol("cold-titles", tmp_path, 3, {})


def _tamper_from(store: Path, moment: datetime) -> None:
    """Let all that happened from a moment on have happened with one and the same title."""
    for file in sorted((store / "lake" / "events").glob("day=*/part-*.parquet")):
        table = pq.read_table(file, partitioning=None)
        late = pc.greater_equal(table["occurred_at"], pa.scalar(moment, table["occurred_at"].type))
        place = table.column_names.index("title_id")
        changed = pc.if_else(late, pc.min(table["title_id"]), table["title_id"])
        pq.write_table(table.set_column(place, table.field(place), changed), file)


def _sequences(viewers: int, length: int) -> list[tuple[int, int, int]]:
    """Return rows of viewer, position and title: viewer ``v`` watches ``v, v + 1, …``, in a circle of 40."""
    return [(v, p, (v + p) % 40) for v in range(viewers) for p in range(length)]


def _swapped(row: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return a row with another title of the circle, which the viewer has not watched."""
    viewer, position, title = row
    return viewer, position, (title + 20) % 40


def _write_sequences(folder: Path, rows: list[tuple[int, int, int]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    viewers, positions, titles = (list(column) for column in zip(*rows, strict=True))
    table = pa.table({"user_id": viewers, "position": positions, "movie_id": titles})
    pq.write_table(table, folder / "sequences.parquet")


def _test_rows(protocol: str, folder: Path, options: dict[str, str]) -> set[tuple[int, int, int]]:
    """Return the rows that the protocol's own test part asks for."""
    from pipelines.benchmark.loaders import LOADERS  # noqa: PLC0415

    split = LOADERS[protocol](folder, part="test", **options).split
    viewers = split.viewers[split.held_out.viewers].astype(int)
    titles = split.train.title_ids.values[split.held_out.titles].astype(int)
    return {(v, (t - v) % 40, t) for v, t in zip(viewers.tolist(), titles.tolist(), strict=True)}
