"""What tests of files of titles have in common."""

from collections.abc import Callable
from typing import Any

import httpx

IMPORT = "/api/staff/catalog/import"
CSV, JSONL, PARQUET = "text/csv", "application/x-ndjson", "application/vnd.apache.parquet"
Send = Callable[..., httpx.Response]


def movie(title_id: str, **more: Any) -> dict[str, Any]:
    return {"title_id": title_id, "title_type": "movie", "name": f"Film {title_id}"} | more
