"""A SQLite database as one file: copied while it is in use, and looked at before it is trusted."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from ldfleet import errors

_OURS = frozenset({"alembic_version", "feed_head", "workstations", "operations"})
_PATIENCE = 10.0


def copy(source: Path, draft: Path) -> None:
    """All of `source` as of one moment, as a file of its own that only its owner can read.

    Raises:
        DatabaseUnreachable: it is not there, or it is damaged.
    """
    if not source.exists():
        raise errors.DatabaseUnreachable(reason=f"there is no file {source}")
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with _opened(source) as one, _opened(draft) as other:
            # In one step: a reader's view of that moment, which holds nobody up.
            one.backup(other)
            other.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.Error as error:
        raise errors.DatabaseUnreachable(reason=f"{source}: {error}") from error


def check(path: Path) -> None:
    """See whether this is a whole database of ldfleet.

    Raises:
        BackupUnusable: it is not.
    """
    if not path.is_file():
        raise errors.BackupUnusable(path=str(path), reason="there is no such file")
    try:
        with _opened(path) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    except sqlite3.Error as error:
        raise errors.BackupUnusable(path=str(path), reason=str(error)) from error
    if found != "ok":
        raise errors.BackupUnusable(path=str(path), reason=str(found).splitlines()[0])
    if not {name for (name,) in names} >= _OURS:
        raise errors.BackupUnusable(path=str(path), reason="it is no database of ldfleet")


@contextmanager
def draft_of(target: Path, mark: str) -> Generator[Path]:
    """A place beside `target`, which becomes `target` if the body gets to its end.

    Raises:
        FileTaken: there is something already.
        FieldInvalid: there is no such folder. None is made: where a disk is not mounted, the
            backup would fill another.
    """
    draft = target.with_name(f".{target.name}.{mark}")
    if target.exists():
        raise errors.FileTaken(path=str(target))
    if not target.parent.is_dir():
        reason = f"there is no folder {target.parent}; mount or make it"
        raise errors.FieldInvalid(field="file", reason=reason)
    try:
        yield draft
        # A link never replaces: who came first has it.
        target.hardlink_to(draft)
    except FileExistsError as error:
        raise errors.FileTaken(path=str(target)) from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
        yield connection
