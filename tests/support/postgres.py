"""A real PostgreSQL of our own: one server for each test process, one database for each test.

pytest-postgresql fails as root (real-components.md 5), so the server runs as the user postgres
there. It listens on a Unix socket in its own folder only, and ends with the test process.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

_KEY = pytest.StashKey["Server"]()
_USER = "postgres"
_START_LIMIT = 30.0
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
}


class Server:
    """A running server. Databases are named by the caller."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="ldfleet-pg-"))
        try:
            self._process = self._start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    def url(self, database: str) -> str:
        """Where a database is, as users write it."""
        return f"postgresql://{_USER}@/{database}?host={self._folder}"

    def create(self, database: str) -> str:
        """A new, empty database; gives its URL."""
        self._say(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Away with it, and with who is still connected to it."""
        self._say(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def query(self, database: str, statement: sql.SQL) -> list[Any]:
        """Ask a database something beside ldfleet."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def run(self, database: str, statements: Sequence[str]) -> None:
        """Change something beside ldfleet, all at once; waits for no lock."""
        with psycopg.connect(self.url(database)) as connection:
            for statement in ("SET lock_timeout TO 1000", *statements):
                connection.execute(statement.encode())

    def stop(self) -> None:
        """End it, by its process id, and remove what it kept."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(10)
        shutil.rmtree(self._folder)

    def _start(self) -> "subprocess.Popen[bytes]":
        if os.geteuid() == 0:
            shutil.chown(self._folder, _USER, _USER)
        data = self._folder / "data"
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        initdb = self._command("initdb", f"--pgdata={data}", f"--username={_USER}", *options)
        subprocess.run(initdb, check=True, capture_output=True, cwd=self._folder)
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        process = subprocess.Popen(
            self._command("postgres", "-D", str(data), "-k", str(self._folder), *settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        self._await_start(process)
        return process

    def _await_start(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_LIMIT
        while True:
            try:
                psycopg.connect(self.url(_USER)).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    process.wait()
                    raise
                time.sleep(0.05)
            else:
                return

    def _command(self, program: str, *arguments: str) -> Sequence[str]:
        command = [str(self._binaries / program), *arguments]
        if os.geteuid() != 0:
            return command
        # The signal ends the server even where the test process is killed.
        user = [f"--reuid={_USER}", f"--regid={_USER}", "--init-groups"]
        return ["setpriv", *user, "--pdeathsig=SIGINT", *command]

    def _say(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(_USER), autocommit=True) as connection:
            connection.execute(statement)


def server_of(config: pytest.Config) -> Server:
    """The test process's server, started at the first call and ended with the session.

    Without PostgreSQL on the machine the test is skipped; with CI=true it fails.
    """
    if _KEY not in config.stash:
        server = Server(_binaries())
        config.stash[_KEY] = server
        config.add_cleanup(server.stop)
    return config.stash[_KEY]


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    with contextlib.suppress(IndexError):
        return found[-1].parent
    if os.environ.get("CI") == "true":
        pytest.fail("PostgreSQL is missing: apt-get install postgresql")
    pytest.skip("PostgreSQL is not installed")
