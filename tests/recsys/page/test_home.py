"""A page is never empty while anything may be shown."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from recsys.context import Context
from recsys.interactions import Histories
from recsys.page.facts import Facts
from recsys.page.home import home
from recsys.page.visit import Visit
from recsys.schema import TITLES
from serving.catalog_only import CatalogOnly
from tests.recsys.page.material import POLICY, titles

NOW = Context(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize("n", [1, 3, 40])
def test_titles_of_which_nothing_is_known_are_shown(n: int) -> None:
    bare = [
        {"title_id": f"t{at}", "title_type": "movie", "name": "?", "maturity_rating": "all"}
        for at in range(n)
    ]
    plain = CatalogOnly(pa.Table.from_pylist(bare, TITLES))
    nobody = Histories.of([[]], n)
    page = home(plain, Facts.of(plain.titles), POLICY, Visit(nobody, NOW))
    assert [row.row_id for row in page.rows] == ["catalog"]
    assert len(page.rows[0].titles) == min(n, POLICY.page.titles)


def test_who_watched_everything_is_shown_it_again() -> None:
    catalog = titles()
    plain = CatalogOnly(catalog.table)
    everything = Histories.of([range(len(catalog))], len(catalog))
    page = home(plain, Facts.of(catalog), POLICY, Visit(everything, NOW))
    assert [row.row_id for row in page.rows] == ["catalog"]


def test_where_nothing_may_be_shown_nothing_is() -> None:
    catalog = titles()
    nothing = np.zeros(len(catalog), bool)
    plain = CatalogOnly(catalog.table)
    nobody = Histories.of([[]], len(catalog))
    page = home(plain, Facts.of(catalog), POLICY, Visit(nobody, NOW, wanted=nothing))
    assert page.rows == []
