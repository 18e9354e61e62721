"""A policy is the reviewed file, or it is refused."""

import re
from pathlib import Path

import pytest

from recsys.errors import ConfigError
from recsys.privacy.policy import Policy

OURS = Path(__file__).parents[3] / "data" / "privacy.toml"


def test_the_policy_of_the_house_is_valid_and_explains_every_number() -> None:
    policy = Policy.read(OURS)
    assert (policy.k_viewers, policy.time_granularity_seconds) == (5, 60 * 60)
    lines = OURS.read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\w+ = ", line):
            assert lines[number - 1].startswith("#"), line


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("k_viewers = 5", "k_viewers = 0", "k_viewers"),
        ("k_viewers = 5", "k_viewers = true", "k_viewers"),
        ("k_viewers = 5", "", "k_viewers"),
        ("k_viewers = 5", "k_viewers = 5\nk_titles = 5", "k_titles"),
        ('"[a-z0-9:_-]{1,32}"', '"["', "label_pattern"),
        ("significant_digits = 2", "significant_digits = 0", "significant_digits"),
        ("= 3600", "= 5000", "divide a day"),
        ('"session_id"', '"viewer_id"', "viewer_id"),
        ('"pseudonym", ', "", "pseudonym"),
        ("k_viewers = 5", "k_viewers =", "TOML"),
    ],
)
def test_a_wrong_policy_is_refused_by_name(tmp_path: Path, old: str, new: str, names: str) -> None:
    path = tmp_path / "privacy.toml"
    path.write_text(OURS.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError, match=names):
        Policy.read(path)


def test_a_missing_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        Policy.read(tmp_path / "privacy.toml")


def test_a_folder_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a privacy policy, got Is a directory"):
        Policy.read(tmp_path)
