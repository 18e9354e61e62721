"""Parameters are read as the description says they are written, and no text is bent to fit."""

from typing import Any

import pytest
from fastapi import Request
from fastapi.exceptions import RequestValidationError

from serving.insights.contracts import AskedForInsights
from serving.problems import field_error
from serving.queries import parsed
from serving.recommendations.contracts import AskedForTitles
from serving.search.contracts import AskedToSearch


def asked(model: Any, query: str) -> Any:
    return parsed(model, Request({"type": "http", "query_string": query.encode(), "headers": []}))


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (AskedForTitles, "limit=1_0"),
        (AskedForTitles, "limit=%2010"),
        (AskedForTitles, "limit=%2B10"),
        (AskedForTitles, "limit=10.0"),
        (AskedForTitles, "limit=" + "9" * 5000),
        (AskedForTitles, "minRelevance=nan"),
        (AskedForTitles, "minRelevance=0_0.5"),
        (AskedForTitles, "minRelevance=.5"),
        (AskedToSearch, "q=a&suggest=1"),
        (AskedToSearch, "q=a&suggest=yes"),
        (AskedForInsights, "day=0"),
        (AskedForInsights, "day=1700000000"),
        (AskedForInsights, "day=2024-05-01T00:00:00"),
    ],
)
def test_what_is_written_otherwise_is_refused_by_name(model: Any, query: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        asked(model, query)
    told = field_error(refused.value.errors()[0])
    assert told["field"] in query
    assert told["expected"].startswith(("a ", "true"))


def test_what_is_written_as_it_should_be_is_read() -> None:
    titles = asked(AskedForTitles, "limit=10&minRelevance=5e-1&maximumAge=0")
    assert (titles.limit, titles.min_relevance, titles.maximum_age) == (10, 0.5, 0)
    assert asked(AskedToSearch, "q=1_0&suggest=true").suggest is True
    assert asked(AskedForInsights, "day=2024-05-01&days=7").day.isoformat() == "2024-05-01"
