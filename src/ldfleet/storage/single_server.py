"""One server for one SQLite database, held by a lock that dies with the process."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ldfleet import errors


@contextmanager
def single_server(database: Path, *, setting: str) -> Generator[None]:
    """Hold the database file for this process alone; `setting` says where it lies.

    Raises:
        ServerAlreadyRunning: another one holds it.
        SettingInvalid: nothing can be written there.
    """
    lock = database.with_name(f"{database.name}.lock")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("ab")
    except OSError as error:
        reason = f"{error.filename or lock} can't be used: {error.strerror}"
        raise errors.SettingInvalid(setting=setting, reason=reason) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise errors.ServerAlreadyRunning(path=str(database)) from error
        yield
