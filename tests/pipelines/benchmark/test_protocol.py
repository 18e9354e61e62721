"""What runs where: models whose packages are absent are left out, and that is said."""

import pytest

from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.run import models_here


def test_a_model_whose_packages_are_absent_is_left_out_and_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    deep = {"here": ("json",), "absent": ("json", "no_such_package")}
    protocol = PROTOCOLS["ncf"].model_copy(update={"models": ("als",), "deep": deep})
    assert models_here(protocol) == ("als", "here")
    said = capsys.readouterr()
    assert said.err == "absent is left out: it needs no_such_package. pip install recsys[deep]\n"
    assert said.out == ""
