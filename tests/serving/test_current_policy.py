"""What pages may be and say is read again when a file of it changes, and a broken file changes nothing."""

import shutil
from pathlib import Path

import pytest

from recsys.errors import ConfigError
from serving.current_changes import Placement
from serving.current_policy import CurrentPolicy, with_placement
from tests.serving.world import SHELF


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """The declared rows, with their words, where they may be changed."""
    shutil.copytree(SHELF / "words", tmp_path / "words")
    shutil.copy(SHELF / "rows.toml", tmp_path)
    return tmp_path / "rows.toml"


def words(rows: Path, tag: str) -> Path:
    return rows.parent / "words" / f"{tag}.toml"


def say(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_other_words_are_another_policy(rows: Path) -> None:
    current = CurrentPolicy(rows)
    before = current.digest
    assert not current.check()
    say(words(rows, "nb"), "Populært nå", "Det alle ser")
    assert current.check()
    assert current.policy.words["nb"].rows["trending"] == "Det alle ser"
    assert current.digest != before


def test_a_language_may_come_and_go(rows: Path) -> None:
    current = CurrentPolicy(rows)
    words(rows, "de").unlink()
    assert current.check()
    assert "de" not in current.policy.words
    shutil.copy(words(rows, "nb"), words(rows, "nn"))
    assert current.check()
    assert current.policy.speech(("nn", "nb")).words.language == "nn"


def test_broken_words_change_nothing_until_they_are_mended(rows: Path) -> None:
    current = CurrentPolicy(rows)
    say(words(rows, "es"), 'trending = "Tendencias"', "")
    assert current.check()
    assert current.broken
    assert current.policy.words["es"].rows["trending"] == "Tendencias"
    say(words(rows, "es"), "[rows]", '[rows]\ntrending = "De moda"')
    assert current.check()
    assert not current.broken
    assert current.policy.words["es"].rows["trending"] == "De moda"


def test_without_whole_words_nothing_begins(rows: Path) -> None:
    words(rows, "es").write_text("[rows]")
    with pytest.raises(ConfigError, match=r"es\.toml"):
        CurrentPolicy(rows)


def test_a_policy_that_pages_were_made_by_can_be_placed_upon(rows: Path) -> None:
    policy = CurrentPolicy(rows).policy
    assert policy.shortest("top-picks") > 0  # as every page asks
    placed = Placement(
        "row", "north", {"name": "North", "titles": ["t000"], "names": {"nb": "Nord"}}, None, None
    )
    made = with_placement(policy, placed)
    assert made.kinds["editorial-north"].names == {"nb": "Nord"}
    assert made.words == policy.words
