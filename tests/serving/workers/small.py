"""A small application in several processes, as a program: which of them answers, and slowly if one likes."""

import asyncio
import os
import sys

import uvicorn

from serving.commands.serve import _bound
from serving.workers.supervisor import Supervisor

PIECES = b"begun ", b"done"


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        outcome = "failed" if os.environ.get("FAILS") else "complete"
        await send({"type": f"lifespan.startup.{outcome}"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/slow":
        await answer(send, *PIECES)
    else:
        await answer(send, f"{os.getpid()} {scope['client'][0]}".encode())


async def answer(send, *pieces):
    length = str(sum(map(len, pieces))).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]}
    )
    for at, piece in enumerate(pieces, 1):
        more = at < len(pieces)
        await send({"type": "http.response.body", "body": piece, "more_body": more})
        await asyncio.sleep(more)


def main(host: str, port: str, workers: str) -> None:
    config = uvicorn.Config(
        app, workers=int(workers), log_config=None, access_log=False, timeout_keep_alive=120
    )
    served = Supervisor(config, _bound(host, int(port)), ended=lambda _: None).serve()
    sys.exit(0 if served else 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
