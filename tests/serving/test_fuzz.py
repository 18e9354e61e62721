"""The description of the API is a promise: whatever comes, no answer is off it, and none is a fault of ours."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from tests.serving.target import DESCRIPTION, Target

SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
REJECTION = SCHEMA.config.checks.negative_data_rejection
# An address that is longer than any may be is refused as such.
REJECTION.expected_statuses = [*REJECTION.expected_statuses, "414"]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
]
ALL = ("viewer", "staff", "service", "nobody")
LITTLE = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


MUCH = settings(LITTLE, max_examples=200)
LATER = [check for check in CHECKS if check is not checks.negative_data_rejection]
"""Of many examples some are wrong in what is not sent: an empty parameter too many, a header that is put right."""


def parquet(viewers: list[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"viewer_id": pa.array(viewers, pa.string())}), sink)
    return sink.getvalue()


schemathesis.openapi.media_type(
    "application/vnd.apache.parquet",
    st.binary(max_size=100) | st.lists(st.text(max_size=70), max_size=3).map(parquet),
)
schemathesis.openapi.media_type(
    "application/x-ndjson", st.binary(max_size=100) | st.text(max_size=100).map(str.encode)
)


@pytest.fixture(scope="session")
def session() -> requests.Session:
    return requests.Session()


@pytest.mark.parametrize("callers", [ALL], ids=["whoever asks"])
@SCHEMA.parametrize()
@LITTLE
def test_no_answer_is_off_the_description(
    case: schemathesis.Case, target: Target, session: requests.Session, callers: tuple[str, ...]
) -> None:
    _try(case, target, session, callers)


@pytest.mark.night
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("callers", [ALL], ids=["whoever asks"])
@SCHEMA.parametrize()
@MUCH
def test_no_answer_of_many_is_off_the_description(
    case: schemathesis.Case, target: Target, session: requests.Session, callers: tuple[str, ...]
) -> None:
    _try(case, target, session, callers, LATER)


def _try(
    case: schemathesis.Case,
    target: Target,
    session: requests.Session,
    callers: tuple[str, ...],
    wanted: list[Any] = CHECKS,
) -> None:
    """Send a case as each of these would."""
    for caller in callers:
        try:
            case.call_and_validate(target.url, session, target.callers[caller], wanted)
        except FailureGroup as failures:
            failures.add_note(f"sent by: {caller}")
            raise
