"""Tiers are what the file declares, and a file that declares none is refused with the place."""

from pathlib import Path

import pytest

from recsys.errors import ConfigError
from serving.subscriptions.tiers import Tiers

ONE = """[[tiers]]
id = "basic"
name = "Basic"
price = "5.99"
quality = "HD"
streams = 1
downloads = 0
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('currency = "EUR"\ntiers = []', "tiers"),
        (f'currency = "euro"\n{ONE}', "currency"),
        (f'currency = "EUR"\n{ONE}{ONE}', "different ids"),
        (f'currency = "EUR"\n{ONE}' + ONE.replace("basic", "b").replace("5.99", "4"), "cheapest"),
        (f'currency = "EUR"\n{ONE}'.replace("5.99", "5.999"), "price"),
        (f'currency = "EUR"\n{ONE}'.replace('"HD"', '"8K"'), "quality"),
        (f'currency = "EUR"\n{ONE}colour = "red"', "colour"),
        ("currency =", "TOML"),
    ],
)
def test_a_file_that_is_wrong_is_told_by_the_place(tmp_path: Path, text: str, fault: str) -> None:
    (path := tmp_path / "tiers.toml").write_text(text)
    with pytest.raises(ConfigError, match=fault) as error:
        Tiers.read(path)
    assert "tiers.toml" in str(error.value)


def test_without_a_file_there_is_nothing_to_sell(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        Tiers.read(tmp_path / "tiers.toml")
