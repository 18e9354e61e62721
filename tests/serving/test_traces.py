"""A request is a span of the trace that called it, sent to a real collector's address; without one nothing is loaded."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from recsys.settings import Settings
from tests.serving.conftest import MakeClient, serving
from tests.serving.replica_process import free_port

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[Span]]]:
    """A web server that takes what is sent to a collector, and the spans in it."""
    spans: list[Span] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            told = ExportTraceServiceRequest.FromString(body)
            for resource in told.resource_spans:
                spans.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", spans
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_request_is_a_span_of_its_callers_trace(
    collector: tuple[str, list[Span]], store: Path, registry: Path, shared_database: str
) -> None:
    url, spans = collector
    settings = Settings(
        store=store, registry=registry, database_url=shared_database, traces_url=url
    )
    with serving(settings) as client:
        client.get("/api/recommendations/similar/t000", headers={"traceparent": CALLER})
        client.get("/nowhere")
    (similar, nowhere) = spans
    assert similar.name == "GET /api/recommendations/similar/{contentId}"
    assert similar.trace_id.hex() == CALLER.split("-")[1]
    assert similar.parent_span_id.hex() == CALLER.split("-")[2]
    said = {one.key: one.value for one in similar.attributes}
    assert said["http.response.status_code"].int_value == 200
    assert nowhere.name == "GET none"
    assert nowhere.trace_id != similar.trace_id
    assert not nowhere.parent_span_id


def test_a_collector_that_is_gone_holds_nobody_up(make_client: MakeClient) -> None:
    client = make_client(traces_url=f"http://127.0.0.1:{free_port()}/v1/traces")
    assert client.get("/health").status_code == 200
    assert client.get("/health", headers={"traceparent": "nonsense"}).status_code == 200


def test_nothing_is_loaded_where_there_is_no_collector() -> None:
    code = (
        "import sys; from recsys.settings import Settings; from serving.app import create_app; "
        "create_app(Settings(database_url='postgresql://nobody@127.0.0.1:9/nothing')); "
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
