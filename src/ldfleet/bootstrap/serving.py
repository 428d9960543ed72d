"""`ldfleet serve` and `ldfleet migrate`."""

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from ldfleet import errors, settings, telemetry
from ldfleet.api.edge import LastAnswers
from ldfleet.bootstrap.assembly import Application, assemble, open_database
from ldfleet.bootstrap.ending import CLOSING, ending_on
from ldfleet.bootstrap.memory import keep_what_is_there
from ldfleet.engine.engine import GRACE
from ldfleet.engine.runner import CLEAN_UP
from ldfleet.settings import LogFormat, Settings

log = telemetry.logger("ldfleet.server")

_BACKLOG = 2048
_FIRST_START = """There is no account yet. This token makes the first admin, until the next start:
  {token}
  LDFLEET_URL={url} ldfleet setup"""
_LAST_ANSWERS = 3  # seconds that open requests have once the end was asked for
_END = _LAST_ANSWERS + GRACE + CLEAN_UP + CLOSING
"""Seconds that all of the end may take: docs/operations.md promises them."""


def serve(host: str | None = None, port: int | None = None) -> None:
    """Run the server until SIGINT or SIGTERM.

    Raises:
        SettingInvalid, SettingsFileUnreadable, PortInUse, and those of `assemble`.
    """
    given: dict[str, Any] = {"host": host, "port": port}
    loaded = settings.load(os.environ, **{k: v for k, v in given.items() if v is not None})
    configure_logs(loaded)
    run(_serve(loaded))


def migrate() -> str:
    """Bring the database's schema to this version; gives the database's URL without password."""
    loaded = settings.load(os.environ)
    configure_logs(loaded)
    asyncio.run(_migrate(loaded))
    return str(telemetry.redact(loaded.effective_database_url))


def configure_logs(loaded: Settings) -> None:
    """Logs as the settings want them."""
    level = "DEBUG" if loaded.debug else loaded.log_level.value
    telemetry.configure(level=level, pretty=loaded.log_format is LogFormat.TEXT)


async def _serve(loaded: Settings) -> None:
    with listen(loaded.host, loaded.port) as listener:
        url = url_of(listener, tls=loaded.tls_certificate is not None)
        async with assemble(loaded, url=url) as application:
            token = await application.services.users.setup_token()
            if token is not None:
                say(_FIRST_START.format(token=token, url=url))
            await answer(application, listener, loaded, ready=lambda: say(f"ldfleet: {url}"))


async def _migrate(loaded: Settings) -> None:
    database = open_database(loaded)
    try:
        await database.migrate()
    finally:
        await database.stop()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortInUse, NameNotResolved."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as exc:
        raise errors.NameNotResolved(host=host) from exc
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as exc:
        listener.close()
        if exc.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise errors.PortInUse(port=port) from exc
        raise errors.SettingInvalid(setting="LDFLEET_HOST", reason=str(exc)) from exc
    return listener


def url_of(listener: socket.socket, *, tls: bool = False) -> str:
    """Where a listening socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - asked about, not bound
        host = "127.0.0.1"
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


async def answer(
    application: Application,
    listener: socket.socket,
    loaded: Settings,
    *,
    ready: Callable[[], None],
) -> None:
    """Answer HTTP requests until SIGINT or SIGTERM; `ready` is called once it does."""
    config = uvicorn.Config(
        LastAnswers(application.http),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=bool(loaded.trusted_proxies),
        forwarded_allow_ips=loaded.trusted_proxies,
        ssl_certfile=loaded.tls_certificate,
        ssl_keyfile=loaded.tls_key,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = _Server(config, ready=ready, ending=application.end_streams)
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells when it begins to answer and to end; SIGINT and SIGTERM end it and nothing else.

    uvicorn sends a signal on to the process once it has ended, which would kill it before the
    engine, the database and the simulated farm are closed.
    """

    def __init__(
        self, config: uvicorn.Config, *, ready: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = ending

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Only while it answers."""
        with ending_on(self._end, within=_END):
            yield

    def _end(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; then the news."""
        await super().startup(sockets)
        keep_what_is_there()
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which would wait in vain for streams to end."""
        self._ending()
        await super().shutdown(sockets)


def run(main: Coroutine[Any, Any, None]) -> None:
    """As asyncio.run; SIGTERM ends it in order too, before and after the server answers."""
    signal.signal(signal.SIGTERM, _interrupt)
    asyncio.run(main)


def _interrupt(_number: int, _frame: object) -> None:
    signal.raise_signal(signal.SIGINT)


def say(sentence: str) -> None:
    """A sentence for the person who started the program; logs go to standard error."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
