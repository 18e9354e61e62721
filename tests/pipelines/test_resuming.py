"""What is known when a sitting begins is what happened before it, and how it begins is judged later."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.progress import Episodes
from pipelines import resuming
from pipelines.benchmark.events import Events
from pipelines.resuming import JUDGES, Judged, Learned, learn
from recsys.page.resuming import COLUMNS
from recsys.schema import TITLES
from recsys.titles import Titles
from tests.pipelines.nights import world

START = datetime(2024, 3, 4, 20, tzinfo=UTC)
CATALOG = pa.Table.from_pylist(
    [
        {"title_id": "s", "title_type": "series", "name": "S"},
        {"title_id": "e1", "title_type": "episode", "name": "1", "series_id": "s"}
        | {"season_number": 1, "episode_number": 1},
        {"title_id": "e2", "title_type": "episode", "name": "2", "series_id": "s"}
        | {"season_number": 1, "episode_number": 2},
        *({"title_id": one, "title_type": "movie", "name": one} for one in ("m", "n")),
    ],
    schema=TITLES,
)
IDS = Titles.from_table(CATALOG).ids


def did(day: float, title: str, kind: str = "progress", **more: object) -> dict[str, object]:
    return {
        "pseudonym": "p",
        "event_type": kind,
        "title_id": title,
        "occurred_at": START + timedelta(days=day),
        "value": None,
        "watched_portion": None,
        "session_id": f"sitting-{int(day)}",
        "device_type": "tv",
    } | more


def sittings(*rows: dict[str, object]) -> list[tuple[float, dict[str, list[float]], list[str]]]:
    """Return of each sitting the day, the columns, and the titles that were gone on with."""
    found = []
    for at, (known, chosen) in resuming._sittings(rows, IDS, Episodes.of(CATALOG)):
        named = dict(zip(COLUMNS, known.T.tolist(), strict=True))
        found.append(((at - START) / timedelta(days=1), named, chosen.tolist()))
    return found


LIFE = [
    did(0, "m", watched_portion=0.5),
    did(1, "e1", "complete", watched_portion=1.0),
    did(1.1, "n", watched_portion=0.3),
    did(2, "e2", "play"),
    did(2.1, "e2", "complete", watched_portion=1.0),
    did(3, "m", "play"),
    did(4, "n", "dismiss"),
    did(5, "s", "thumb", value=1.0),
    did(6, "n", "play"),
]


def test_a_sitting_counts_if_something_was_begun_and_says_what_was_gone_on_with() -> None:
    told = [(day, sum(chosen), len(chosen)) for day, _, chosen in sittings(*LIFE)]
    # On day 1 there is m to go on with, and it is not; on 2 the next episode is one of three; on 3 m is,
    # beside n; on 6 only m is left, since n was put away.
    assert told == [(1, 0, 1), (2, 1, 3), (3, 1, 2), (6, 0, 1)]


def test_what_is_known_of_a_sitting_is_what_happened_before_it() -> None:
    later = [did(7, "m", "complete"), did(8, "n", watched_portion=0.8)]
    for end in range(1, len(LIFE)):
        cut = sittings(*LIFE[:end])
        assert repr(sittings(*LIFE, *later)[: len(cut)]) == repr(cut)


def test_columns_tell_of_the_next_episode_and_of_the_habit() -> None:
    _, on_two, on_three, on_six = (known for _, known, _ in sittings(*LIFE))
    assert sorted(on_two["next_episode"]) == [0, 0, 1]
    assert on_two["habit"][0] == pytest.approx(np.log(1 / 3))  # two sittings, none went on
    assert on_three["habit"][0] == pytest.approx(np.log(2 / 3))  # three, one did
    assert on_six["habit"][0] == pytest.approx(np.log(3 / 3))  # four, two did


def test_without_names_of_sittings_each_day_is_one() -> None:
    rows = [row | {"session_id": None} for row in LIFE]
    # The hours of a day run into the next from four on.
    assert [day for day, *_ in sittings(*rows)] == [1, 2, 3, 6]


def test_in_a_world_whose_viewers_follow_series_it_tells_more_than_their_share_does() -> None:
    events = Events.read(world())
    cut = events.table["occurred_at"].sort()[-1].as_py() - timedelta(days=4)
    learned = learn(events.table, events.catalog, events.titles.ids, cut)
    assert learned.judged is not None
    assert learned.model is not None
    assert learned.judged.sittings >= JUDGES
    assert learned.judged.log_loss < 0.95 * learned.judged.base_log_loss
    assert learned.judged.auc > 0.65
    # The world's law: a series is followed, a movie seen by a fifth is never shown again.
    assert learned.model.weights[COLUMNS.index("is_episode")] > 1
    assert "AUC" in learned.text()


def test_few_sittings_teach_nothing() -> None:
    learned = learn(pa.Table.from_pylist(LIFE), CATALOG, IDS)
    assert learned == learn(pa.Table.from_pylist(LIFE[:1]), CATALOG, IDS) == Learned(None, None)
    assert "fewer than" in learned.text()
    assert learned.as_json() is None


def test_a_model_that_tells_no_more_than_the_share_is_not_served() -> None:
    assert not Judged(500, 100, log_loss=0.61, base_log_loss=0.6, auc=0.5).earned
    assert Judged(500, 100, log_loss=0.59, base_log_loss=0.6, auc=0.6).earned
