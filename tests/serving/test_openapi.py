"""The description of the API leaves out nothing that a client would have to try."""

from typing import Any

import httpx
import pytest

from recsys.settings import Settings
from serving.app import create_app

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"
WHOLE = create_app(Settings(database_url=NOWHERE)).openapi()
OPERATIONS = {
    f"{method} {path}": operation
    for path, methods in WHOLE["paths"].items()
    for method, operation in methods.items()
}


def model(schema: dict[str, Any]) -> str:
    return schema.get("$ref", "").rsplit("/", maxsplit=1)[-1]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_has_its_media_type_a_schema_and_an_example(name: str) -> None:
    answers = OPERATIONS[name]["responses"]
    assert {"405", "500"} < set(answers)
    for status, answer in answers.items():
        if status in {"204", "304"}:  # says that there is nothing to say
            assert "content" not in answer
            continue
        for media_type, content in answer["content"].items():
            assert content["schema"]
            assert content["example"]
            failed = media_type == "application/problem+json"
            assert failed == (model(content["schema"]) == "Problem")
            if failed:
                assert content["example"]["status"] == int(status)
        assert len(answer["content"]) == 1


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_parameter_has_an_example(name: str) -> None:
    assert all("example" in one for one in OPERATIONS[name].get("parameters", []))


def test_every_schema_that_is_named_is_there() -> None:
    named = {part.split('"')[0] for part in str(WHOLE).replace("'", '"').split("schemas/")[1:]}
    assert named <= set(WHOLE["components"]["schemas"])
    assert "HTTPValidationError" not in WHOLE["components"]["schemas"]


def test_a_problem_is_what_its_example_shows(client: httpx.Client) -> None:
    answers = OPERATIONS["get /api/recommendations/similar/{contentId}"]["responses"]
    shown = {
        status: answer["content"]["application/problem+json"]["example"]
        for status, answer in answers.items()
        if status != "200"
    }
    similar = "/api/recommendations/similar"
    asked = {
        "404": client.get(f"{similar}/zzz"),
        "422": client.get(f"{similar}/t000", params={"viewerId": ""}),
        "405": client.put(f"{similar}/t000"),
    }
    for status, answer in asked.items():
        assert answer.json() == shown[status] | {"requestId": answer.headers["x-request-id"]}


def test_the_page_of_the_description_needs_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text
    assert client.get("/redoc").status_code == 404
