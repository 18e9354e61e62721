"""The checks are declared in a reviewed file, and a mistake in it is named."""

from pathlib import Path

import pytest

from pipelines.health.policy import HealthPolicy
from recsys.errors import ConfigError

WINDOW = "[window]\ndays = 14\nnewest = 3\nweeks = 4\nleast_days = 12\nleast_events = 200\n"
DRIFT = "[drift]\npsi = 0.2\nks = 0.2\nusual = 2\nvectors = 0.5\nshare = 0.1\nmetric = 0.1\n"


def read(folder: Path, text: str) -> HealthPolicy:
    (folder / "health.toml").write_text(WINDOW + DRIFT + text)
    return HealthPolicy.read(folder / "health.toml")


def test_a_check_that_is_left_out_is_not_made(tmp_path: Path) -> None:
    policy = read(tmp_path, '[missing]\nseverity = "warn"\n')
    assert policy.names == {"missing"}
    assert policy.volume is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[volume]\nseverity = "stop"\nfewest = 2.0\nmost = 3.0\ndeviations = 1.0', "less than 1"),
        ('[missing]\nseverity = "shout"', "'stop' or 'warn'"),
        ('[left_out.bad_luck]\nseverity = "stop"\njump = 0.1\ndeviations = 1.0', "bad_luck"),
        ('[missing]\nseverity = "stop"\nstrict = true', "Extra inputs are not permitted"),
        (
            '[missing]\nseverity = "stop"\n[[accepted]]\ncheck = "volume"\nwhy = "x"',
            r"none of \['volume'\]",
        ),
        ('[missing]\nseverity = "stop"\n[[accepted]]\ncheck = "missing"\nwhy = ""', "at least 1"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, text)


def test_a_window_must_hold_what_it_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "health.toml"
    path.write_text(WINDOW.replace("least_days = 12", "least_days = 15"))
    with pytest.raises(ConfigError, match="least_days of at most days"):
        HealthPolicy.read(path)
    path.write_text(WINDOW.replace("days = 14", "days = 61", 1))
    with pytest.raises(ConfigError, match="of at most 62 days"):
        HealthPolicy.read(path)


def test_no_file_is_told() -> None:
    with pytest.raises(ConfigError, match="the checks of a day's data, got no file"):
        HealthPolicy.read(Path("nowhere.toml"))
