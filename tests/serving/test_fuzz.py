"""The description of the API is a promise: whatever comes, no answer is off it, and none is a fault of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from recsys.search.kept import ensure
from recsys.settings import Settings
from serving.app import create_app
from serving.identity.contracts import Scope
from serving.identity.issuer import Issuer
from serving.postgres import EmbeddedPostgres
from tests.serving import world
from tests.serving.conftest import bearer, database_in, serving

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"
WHOLE = create_app(Settings(database_url=NOWHERE)).openapi()
SCHEMA = schemathesis.openapi.from_dict(WHOLE)
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
QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
TOKENS = ("viewer", "staff", "service", "none")


class Target:
    def __init__(self, url, tokens):
        self.url, self.tokens = url, tokens
        self.session = requests.Session()

    def validate(self, case, scope):
        headers = bearer(self.tokens[scope]) if scope in self.tokens else {}
        case.call_and_validate(base_url=self.url, session=self.session, headers=headers, checks=CHECKS)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, registry: Path, postgres: EmbeddedPostgres) -> Iterator[Target]:
    """A replica with a store and a database of its own: what is tried on it changes both."""
    store = tmp_path_factory.mktemp("fuzz") / "store"
    world.write_raw(store)
    ensure(store / "raw" / "titles.parquet", store / "search")
    how = Settings(
        store=store, registry=registry, database_url=database_in(postgres),
        open_access=False, viewer_rate=0, address_rate=0,
    )
    issuer = Issuer.of(how)
    tokens = {
        one.value: issuer.issue("a1", [one], viewer_id="v005" if one is Scope.VIEWER else None)
        for one in Scope
    }
    with serving(how) as client:
        yield Target(str(client.base_url), tokens)


@pytest.mark.parametrize("scope", TOKENS)
@SCHEMA.parametrize()
@settings(max_examples=10, derandomize=True, deadline=None, database=None, suppress_health_check=QUIETLY)
def test_no_answer_is_off_the_description(case: schemathesis.Case, target: Target, scope: str) -> None:
    target.validate(case, scope)
