"""A replica with a database of its own, and a file of titles sent to it as staff."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.serving.conftest import MakeClient, TokenFor, bearer
from tests.serving.staff.sending import IMPORT, JSONL, Send


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def client(make_client: MakeClient, url: str) -> httpx.Client:
    return make_client(database_url=url)


@pytest.fixture
def send(client: httpx.Client, token_for: TokenFor) -> Send:
    token = token_for(scopes="staff", account="editor-1")

    def sent(content: bytes | str | list[dict[str, Any]], kind: str = JSONL, **query: Any) -> Any:
        if isinstance(content, list):
            content = "\n".join(json.dumps(row) for row in content)
        headers = bearer(token) | {"Content-Type": kind}
        return client.post(IMPORT, content=content, headers=headers, params=query)

    return sent
