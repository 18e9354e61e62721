"""Pages of many viewers are those that each of them would see."""

import io

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from serving.recommendations.batch import MOST_VIEWERS, PAGES

BATCH, HOME = "/api/recommendations/batch", "/api/recommendations/home"


def file(**columns: list[object]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def _twice() -> bytes:
    sink = io.BytesIO()
    columns = [pa.array(["v005"]), pa.array(["v001"])]
    pq.write_table(pa.Table.from_arrays(columns, names=["viewer_id", "viewer_id"]), sink)
    return sink.getvalue()


TWICE = _twice()


def test_each_line_is_a_title_in_its_place_on_the_viewers_page(client: httpx.Client) -> None:
    answer = client.post(BATCH, content=file(viewer_id=["v005", "v001"], maximum_age=[None, 7]))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    table = pq.read_table(io.BytesIO(answer.content))
    assert table.schema == PAGES
    lines = table.to_pylist()
    for viewer, query in (("v005", {}), ("v001", {"maximumAge": 7})):
        mine = [line for line in lines if line["viewer_id"] == viewer]
        page = client.get(HOME, params={"viewerId": viewer, **query}).json()
        # What is drawn by chance is another from page to page.
        expected = [
            (row["rowId"], item["contentId"])
            for row in page["rows"]
            for item in row["items"]
            if item["source"] != "explored"
        ]
        found = [(n["row_id"], n["title_id"]) for n in mine if n["source"] != "explored"]
        assert found == expected
        assert {line["bundle_id"] for line in mine} == {page["bundleId"]}
        assert len({line["recommendation_id"] for line in mine}) == 1


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        (b"no parquet", "body", "a Parquet file"),
        (b"", "body", "a Parquet file"),
        (file(viewer=["v005"]), "body", "columns viewer_id and perhaps region, maximum_age"),
        (file(viewer_id=["v005"], age=[3]), "body", "columns viewer_id and perhaps"),
        (file(viewer_id=pa.array([], pa.string())), "body", f"1 to {MOST_VIEWERS} viewers"),
        (file(viewer_id=["v"] * (MOST_VIEWERS + 1)), "body", f"1 to {MOST_VIEWERS} viewers"),
        (file(viewer_id=["v" * 20_000_000]), "body", "bytes when unfolded"),
        (file(viewer_id=["v" * 200_000] * 100), "viewer_id", "texts of at most 200 characters"),
        (file(viewer_id=["v005", None]), "1.viewer_id", "a viewer"),
        (file(viewer_id=["v005"], region=["Norway"]), "0.region", ""),
        (file(viewer_id=["v005"], maximum_age=[-3]), "0.maximumAge", ""),
        (file(viewer_id=[5]), "0.viewerId", "text"),
        (file(viewer_id=[b"v005"]), "0.viewerId", "text"),
        (file(viewer_id=pa.array([2**62], pa.timestamp("us"))), "body", "a Parquet file"),
        (file(viewer_id=["v005"], maximum_age=[True]), "0.maximumAge", "a whole number"),
        (file(viewer_id=["v005"], maximum_age=["12"]), "0.maximumAge", "a whole number"),
        (file(viewer_id=["v005"]).replace(b"v005", b"v\xff05"), "body", "a Parquet file"),
        (TWICE, "body", "each column once"),
    ],
)
def test_a_file_that_cannot_be_answered_is_named(
    client: httpx.Client, body: bytes, field: str, expected: str
) -> None:
    answer = client.post(BATCH, content=body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert expected in error["expected"]
