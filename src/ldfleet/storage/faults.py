"""The databases' exceptions as ours, in one table (style.md 5.4)."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from sqlalchemy import exc

from ldfleet import errors

_UNIQUE = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505")
_FOREIGN = ("SQLITE_CONSTRAINT_FOREIGNKEY", "23503")


def _busy(_reason: str) -> errors.FleetError:
    return errors.DatabaseBusy()


def _unreachable(reason: str) -> errors.FleetError:
    return errors.DatabaseUnreachable(reason=reason)


def _full(reason: str) -> errors.FleetError:
    return errors.DatabaseFull(reason=reason)


def _unkeepable(_reason: str) -> errors.FleetError:
    return errors.FieldInvalid(field="text", reason="it holds what the database can't keep")


# Beginnings of SQLite's error names and of PostgreSQL's SQLSTATEs, most specific first.
_FAULTS: Sequence[tuple[tuple[str, ...], Callable[[str], errors.FleetError]]] = (
    (("SQLITE_BUSY", "SQLITE_LOCKED", "40001", "40P01", "53300", "55P03", "57014"), _busy),
    (("22",), _unkeepable),
    (("SQLITE_FULL", "53100"), _full),
    (("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_READONLY"), _unreachable),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_PERM"), _unreachable),
    (("08", "25P03", "28", "3D", "53", "57", "58"), _unreachable),
)


@contextmanager
def translated(
    *, conflict: errors.FleetError | None = None, orphan: errors.FleetError | None = None
) -> Generator[None]:
    """Raise ours for theirs; `conflict` for a unique index, `orphan` for a missing parent row."""
    try:
        yield
    except exc.DBAPIError as error:
        ours = _constraint(error, conflict, orphan) or _fault(error)
        if ours is None:
            raise
        raise ours from error
    except exc.TimeoutError as error:
        raise errors.DatabaseBusy from error
    except UnicodeEncodeError as error:
        raise _unkeepable(error.reason) from error


def _constraint(
    error: exc.DBAPIError, conflict: errors.FleetError | None, orphan: errors.FleetError | None
) -> errors.FleetError | None:
    code = _code(error)
    if code in _UNIQUE:
        return conflict
    return orphan if code in _FOREIGN else None


def _fault(error: exc.DBAPIError) -> errors.FleetError | None:
    code = _code(error)
    reason = str(error.orig).splitlines()[0] if str(error.orig) else "no reason was given"
    for beginnings, build in _FAULTS:
        if code.startswith(beginnings):
            return build(reason)
    # A connection that could not be made or broke has no SQLSTATE.
    lost = error.connection_invalidated or isinstance(error, exc.OperationalError)
    return _unreachable(reason) if lost and not code else None


def _code(error: exc.DBAPIError) -> str:
    found = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return str(found or "")
