"""Column types that are the same thing on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

MOST = 2**63 - 1
"""The largest whole number that both databases know."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970; a naive time is a TypeError."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(number: int) -> datetime:
    """The aware UTC time back from `to_micros`."""
    return _EPOCH + number * _MICROSECOND


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware UTC time: `timestamptz`, or whole microseconds on SQLite, which has no such type."""

    impl = sa.BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        micros = to_micros(value)
        return from_micros(micros) if dialect.name == "postgresql" else micros

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else from_micros(value)


# Byte order everywhere: SQLite's own, and a server's locale must not reorder ids or pages.
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
# SQLite counts up by itself only in a column of exactly this type.
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Not jsonb: it refuses NUL characters, which a workstation's output may hold.
DATA = sa.JSON(none_as_null=True)
