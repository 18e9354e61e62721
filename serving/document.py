"""The description of the API as a document for people: each call with the line that makes it.

``python -m serving.document`` writes ``docs/api.md`` anew; a test fails while it is not what the application says of itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode

from recsys.settings import Settings
from serving.app import create_app

PLACE: Final = Path("docs/api.md")
HOST: Final = "localhost:8000"
BEGINNING: Final = """# Every call of the API
`python -m serving.document` writes this from what the application says of itself (`/openapi.json`, and for people `/docs`). JSON is in camelCase; what is refused is a
[problem](bad-input.md) that names the field, what was expected and what came. Calls with `$TOKEN` need a bearer token, but on an open replica: see [who asks](identity.md). For the demo:

```sh
TOKEN=$(recsys token --store data/demo --viewer viewer-000003-6d83a9bb12)   # a viewer's
TOKEN=$(recsys token --store data/demo --scope staff)                       # of the house
```
Ids are examples: `/api/viewers/sample` gives viewers of a demo, and its pages give titles.
"""
_ROOMS: Final = {
    "recommendations": "Recommendations",
    "search": "Search",
    "catalog": "Catalog",
    "account": "Accounts",
    "subscription": "Subscriptions",
    "analytics": "Events and statistics",
    "feedback": "Thumbs, stars and reviews",
    "taste": "Taste",
    "staff": "Staff",
}
_FILE: Final = {"application/vnd.apache.parquet": "viewers.parquet", "text/csv": "titles.csv"}


def document(description: dict[str, Any]) -> str:
    """Return an OpenAPI description as Markdown, a chapter a room, in the order of the routes.

    Parameters
    ----------
    description : dict
        OpenAPI 3.1, with an example of each parameter and body.
    """
    rooms: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", ["other"])[0]
            rooms.setdefault(tag, []).append(_call(path, method.upper(), operation))
    chapters = [
        f"## {_ROOMS.get(tag, tag.capitalize())}\n" + "\n".join(calls)
        for tag, calls in rooms.items()
    ]
    return "\n".join([BEGINNING, *chapters])


def _call(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    free = [f"`{one['name']}`" for one in parameters if not one.get("required")]
    more = f"\n\nMay be asked with {', '.join(free)}." if free else ""
    said = operation.get("description", operation.get("summary", "")).strip()
    answers = ", ".join(f"`{status}`" for status in sorted(operation["responses"]))
    line = " \\\n  ".join(_curl(path, method, operation))
    return f"### {method} `{path}`\n{said}{more}\n```sh\n{line}\n```\nAnswers {answers}.\n"


def _curl(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    named = {one["name"]: one["example"] for one in parameters if one["in"] == "path"}
    asked = {
        one["name"]: one["example"]
        for one in parameters
        if one["in"] == "query" and one.get("required")
    }
    address = HOST + path.format_map(named) + (f"?{urlencode(asked)}" if asked else "")
    yield ("curl " if method == "GET" else f"curl -X {method} ") + f"'{address}'"
    if operation.get("security"):
        yield '-H "Authorization: Bearer $TOKEN"'
    for one in parameters:
        if one["in"] == "header" and one.get("required"):
            yield f"-H '{one['name']}: {one['example']}'"
    yield from _body(operation.get("requestBody", {}).get("content", {}))


def _body(content: dict[str, Any]) -> Iterator[str]:
    for kind, held in content.items():
        if kind == "application/json":
            yield f"-H 'Content-Type: {kind}'"
            yield f"-d '{json.dumps(held['example'], ensure_ascii=False)}'"
        else:
            yield f"-H 'Content-Type: {kind}' --data-binary @{_FILE.get(kind, 'file')}"
        return


def described() -> str:
    """Return the document of the application as it is."""
    with TemporaryDirectory() as folder:
        settings = Settings(store=Path(folder) / "store", registry=Path(folder) / "registry")
        return document(create_app(settings).openapi())


if __name__ == "__main__":
    PLACE.write_text(described())
