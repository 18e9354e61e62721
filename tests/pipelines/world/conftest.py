"""One small world for all tests of it."""

import pytest

from tests.pipelines.world.made import Made, made


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("small") / "world", seed=7)
