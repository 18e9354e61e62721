"""As much of curl as ``docs/api.md`` needs, where none is installed; notes each request and how it was answered.

Run as a program: ``$CALLS`` is the file of notes, ``$SECTION`` and ``$STATUS`` are of the block that the line is in.
"""

import argparse
import json
import os
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit


def main() -> None:
    """Send a request, note it, and write the body of the answer."""
    asked = _read(sys.argv[1:])
    parts = urlsplit(asked.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    body = "&".join(asked.data)
    if asked.get:
        target, body = f"{target}{'&' if parts.query else '?'}{body}", ""
    content = Path(asked.file[1:]).read_bytes() if asked.file else body.encode()
    headers = dict(one.split(": ", 1) for one in asked.header)
    if content:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    method = asked.request or ("POST" if content else "GET")
    connection = HTTPConnection(parts.netloc, timeout=60)
    connection.request(method, target, content or None, headers)
    answer = connection.getresponse()
    read = answer.read()
    with Path(os.environ["CALLS"]).open("a") as notes:
        note = {
            "section": os.environ["SECTION"],
            "expected": os.environ["STATUS"],
            "method": method.lower(),
            "path": parts.path,
            "status": str(answer.status),
            "body": read[:1000].decode(errors="replace"),
        }
        notes.write(json.dumps(note) + "\n")
    if asked.output:
        Path(asked.output).write_bytes(read)
    else:
        sys.stdout.buffer.write(read)


def _read(words: list[str]) -> argparse.Namespace:
    options = argparse.ArgumentParser(allow_abbrev=False)
    options.add_argument("url")
    options.add_argument("-s", action="store_true")
    options.add_argument("-i", action="store_true")
    options.add_argument("-G", dest="get", action="store_true")
    options.add_argument("-X", dest="request")
    options.add_argument("-o", dest="output")
    options.add_argument("-H", dest="header", action="append", default=[])
    options.add_argument("-d", dest="data", action="append", default=[])
    options.add_argument("--data-urlencode", dest="data", action="append", type=_encoded)
    options.add_argument("--data-binary", dest="binary")
    asked = options.parse_intermixed_args(words)
    asked.file = asked.binary if (asked.binary or "").startswith("@") else None
    if asked.binary and not asked.file:
        asked.data.append(asked.binary)
    return asked


def _encoded(field: str) -> str:
    name, _, value = field.partition("=")
    return f"{name}={quote(value, safe='')}"


if __name__ == "__main__":
    main()
