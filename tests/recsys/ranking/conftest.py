"""A hybrid that learned enough to have a ranker."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.ranking import RankingFeatures
from recsys.bundle import Bundle, open_bundle, write
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.recommender import Recommender
from tests import worlds
from tests.recsys.subjects import hybrid

RANKER = {"trees": 40, "least_pairs": 20}


def taught(**config: object) -> Hybrid:
    models = hybrid().parts
    given = {"quota": 15, "later_share": 0.4, "stretches": 3, "ranker": RANKER} | config
    return Hybrid(models=models, ranking_features=RankingFeatures, parts=tuple(models), **given)


@pytest.fixture(scope="session")
def world():
    return worlds.small_world(7, viewers=300, length=12)


@pytest.fixture(scope="session")
def model(world) -> Hybrid:
    return taught().fit(*world)


@pytest.fixture
def bundle(model: Hybrid, world, tmp_path: Path) -> Bundle:
    def fill(directory: Path) -> None:
        model.save(directory / "model")
        pq.write_table(world[1].table, directory / "catalog.parquet")

    return write(tmp_path, fill, model="hybrid", trained_until=worlds.NOW, metrics={})


@pytest.fixture
def recommender(bundle: Bundle) -> Recommender:
    return Recommender.load(open_bundle(bundle.path), RankingFeatures)


def with_column(recommender: Recommender, name: str, values: list[object]) -> Recommender:
    """Return the recommender over the same titles with a column of the catalog replaced."""
    table = recommender.titles.table
    column = pa.array(values, table.schema.field(name).type)
    table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)
    return recommender.under(table)
