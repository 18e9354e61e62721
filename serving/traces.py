"""Traces: a span a request, sent to an OpenTelemetry collector; nothing of it is loaded where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


class Traces:
    """Makes spans and sends them, many at once and behind the requests; what a collector does not take is lost.

    Parameters
    ----------
    provider : TracerProvider
    """

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        self._provider = provider
        self.tracer = provider.get_tracer("recsys.serving")
        self.context_of = TraceContextTextMapPropagator().extract

    @classmethod
    def to(cls, url: str) -> Self | None:
        """Return what sends to a collector, by OTLP over HTTP; None where there is no address."""
        if not url:
            return None
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        provider = TracerProvider(resource=Resource.create({"service.name": "recsys"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=3)))
        return cls(provider)

    def close(self) -> None:
        """Send the rest."""
        self._provider.shutdown()


class Traced:
    """ASGI middleware that makes a request a span, within the trace of whoever called if they said which.

    Parameters
    ----------
    app : ASGIApp
    traces : Traces
    """

    def __init__(self, app: ASGIApp, traces: Traces) -> None:
        self.app, self._traces = app, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind  # noqa: PLC0415  a look into what is loaded

        said = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        within = self._traces.context_of(said)
        tracer, status = self._traces.tracer, 500

        async def seen(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with tracer.start_as_current_span(
            scope["method"], context=within, kind=SpanKind.SERVER
        ) as span:
            trace_id = f"{span.get_span_context().trace_id:032x}"
            structlog.contextvars.bind_contextvars(trace_id=trace_id)
            try:
                await self.app(scope, receive, seen)
            finally:
                route = getattr(scope.get("route"), "path", "none")
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes(
                    {
                        "http.request.method": scope["method"],
                        "http.route": route,
                        "http.response.status_code": status,
                    }
                )
