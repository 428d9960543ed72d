"""One server for one SQLite database, held by a lock that dies with the process."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ldfleet import errors


@contextmanager
def single_server(database: Path) -> Generator[None]:
    """Hold the database file for this process alone.

    Raises:
        ServerAlreadyRunning: another one holds it.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise errors.ServerAlreadyRunning(path=str(database)) from error
        yield
