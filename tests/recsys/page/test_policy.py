"""What a page may be is declared in a file, and a fault in it is named."""

from pathlib import Path

import pytest

from recsys.errors import ConfigError
from recsys.page.policy import Policy

OURS = Path(__file__).parents[3] / "models" / "rows.toml"
PAGE = OURS.read_text()[: OURS.read_text().index("[[rows]]")]


def read(tmp_path: Path, rows: str) -> Policy:
    (path := tmp_path / "rows.toml").write_text(PAGE + rows)
    return Policy.read(path)


def test_every_kind_is_declared_in_ours() -> None:
    kinds = {kind.kind for kind in Policy.read(OURS).rows}
    assert len(kinds) == 13


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('[[rows]]\nkind = "popcorn"', "continue-watching"),
        ('[[rows]]\nkind = "new"\nnewst = 3', "newst"),
        ('[[rows]]\nkind = "new"\nmost = 0', "greater than or equal to 1"),
        ('[[rows]]\nkind = "new"\nleast = 2', "least <= most of new, got 2 > 1"),
        ('[[rows]]\nkind = "new"\n[[rows]]\nkind = "new"', "once, got ['new'] again"),
        ('[[rows]]\nkind = "new"\nleast = 30\nmost = 30', "at most 20 rows"),
        ('[[rows]]\nkind = "editorial"\nrow = "a"\nname = "A"', "either titles or a filter"),
        (
            '[[rows]]\nkind = "editorial"\nrow = "a"\nname = "A"\nfilter = "genre ="',
            "filter, column 8",
        ),
        (
            '[[rows]]\nkind = "new"\n[[boosts]]\nfilter = "release_year > 2000"\nfactor = 0',
            "greater than 0",
        ),
        (
            '[[rows]]\nkind = "new"\n[[promotions]]\nname = "p"\ntitles = ["a"]\nshare = 0.9',
            "less than or equal to 0.5",
        ),
        (
            """[[rows]]
kind = "new"
[[promotions]]
name = "p"
titles = ["a"]
share = 0.1
starts = 2026-03-01T00:00:00Z
ends = 2026-02-01T00:00:00Z""",
            "an end after its start",
        ),
        (
            '[[rows]]\nkind = "new"\n[[caps]]\nfield = "franchise"\nmost = 1\nwithin = 5',
            "genre|keyword",
        ),
        ("[[rows]]\nkind = ", "valid TOML"),
    ],
)
def test_a_fault_is_named_with_what_was_expected(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(ConfigError) as fault:
        read(tmp_path, rows)
    assert words in str(fault.value)
    assert "rows.toml" in str(fault.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        Policy.read(tmp_path / "rows.toml")
