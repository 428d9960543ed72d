"""`/metrics` of a process that answers nothing else."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ldfleet import errors
from ldfleet.bootstrap.serving import listen, url_of
from ldfleet.services.metrics import CONTENT_TYPE

_PLACE = re.compile(r"(?:(?P<host>\[[0-9a-fA-F:.]+\]|[^:\[\]]+):)?(?P<port>[0-9]{1,5})")
_HERE = "127.0.0.1"
_MOST = 65_535
_LAST_ANSWERS = 1  # seconds


def place_of(text: str) -> tuple[str, int]:
    """The host and port of `HOST:PORT`, of `PORT` on loopback. Raises FieldInvalid."""
    found = _PLACE.fullmatch(text)
    if found is None or int(found["port"]) > _MOST:
        reason = "it must be a port, or HOST:PORT; write 9101 or 10.0.0.2:9101"
        raise errors.FieldInvalid(field="--metrics", reason=reason)
    return (found["host"] or _HERE).strip("[]"), int(found["port"])


@asynccontextmanager
async def telling(text: Callable[[], bytes], host: str, port: int) -> AsyncGenerator[str]:
    """Answer `GET /metrics` with `text` while the body runs; gives the URL.

    Raises PortInUse, NameNotResolved.
    """

    async def answer(_request: Request) -> Response:
        return Response(text(), media_type=CONTENT_TYPE)

    app = Starlette(routes=[Route("/metrics", answer)])
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = _Quiet(config)
    with listen(host, port) as listener:
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]), name="metrics")
            try:
                yield f"{url_of(listener)}/metrics"
            finally:
                server.should_exit = True


class _Quiet(uvicorn.Server):
    """Signals are not its business."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
