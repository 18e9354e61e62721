"""Whatever came instead of what was expected can be said: short, and in letters."""

from typing import Any

import orjson
import pytest

from serving import wording


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**53, "9007199254740992"),
        (10**5000, "a number of thousands of digits"),
        (float("inf"), "inf"),
        ("\ud800", "?"),
        ({"a": 2**70}, '{"a": 1180591620717411303424}'),
        ({"a": "\ud800"}, '{"a": "\\ud800"}'),
        ({"a": 10**5000}, "what cannot be shown"),
        (b"\xff", "\ufffd"),
    ],
    ids=range(11),
)
def test_what_came_is_shown(value: Any, shown: Any) -> None:
    assert wording.shown(value) == shown
    assert orjson.dumps(wording.shown(value))


@pytest.mark.parametrize("value", ["a" * 1000, {"a" * 1000: 1}, [1] * 1000, b"a" * 1000])
def test_what_is_long_is_cut(value: Any) -> None:
    assert len(wording.shown(value)) == wording.LONGEST_GOT + 1


def test_a_name_of_the_senders_own_is_cut_too() -> None:
    assert wording.place(["events", 3, "a" * 1000]).startswith("events.3.aaa")
    assert len(wording.place(["events", 3, "a" * 1000])) == wording.LONGEST_GOT + 1
