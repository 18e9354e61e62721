"""Logs: a line of JSON each, with the id of the request that it belongs to, and no secret in any."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, Final

import orjson
import structlog

_SECRETS: Final = (
    # the password of an address, the rest of which tells what was tried
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"]*):[^\s@\"]+@"), r"\1:***@"),
    (re.compile(r"(?i)\b(password|passwd|pwd|secret)=[^\s\"&]+"), r"\1=***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 ***"),
    # a JWT, whoever let it in
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), "***"),
)
_TELLTALE: Final = re.compile(r"(?i)@|=|bearer|basic|eyJ")
"""Without any of which a text holds no secret of these kinds; most do not."""


def without_secrets(text: str) -> str:
    """Return a text with passwords, tokens and keys made unreadable."""
    if not _TELLTALE.search(text):
        return text
    for secret, shown in _SECRETS:
        text = secret.sub(shown, text)
    return text


def configure() -> None:
    """Write the logs of this process, those of libraries included, to the standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    rendered = structlog.processors.JSONRenderer(_json)
    structlog.configure(
        processors=[*shared, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                rendered,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _json(line: Any, **_: Any) -> str:
    return without_secrets(orjson.dumps(line, default=str).decode())
