"""What guards the door: failed logins, and the token of the first account."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ldfleet.domain.attempts import Failures
from ldfleet.storage.access_tables import login_failures, setup_tokens
from ldfleet.storage.connections import Transaction

_c = login_failures.c


class StoredAttempts:
    """`ports.Attempts` in the table of failed logins."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of(self, keys: Sequence[str], *, now: datetime) -> Mapping[str, Failures]:
        # Only a row that is there can be locked: a thousand first attempts at once are counted.
        dialect = postgresql if self._transaction.on_postgresql else sqlite
        blank = [{"key": key, "failures": 0, "last_at": now} for key in sorted(keys)]
        await self._transaction.execute(
            dialect.insert(login_failures).on_conflict_do_nothing(), blank
        )
        wanted = sa.select(login_failures).where(_c.key.in_(keys))
        rows = await self._transaction.rows(wanted.order_by(_c.key).with_for_update())
        return {
            row["key"]: Failures(
                number=row["failures"], last_at=row["last_at"], held_until=row["held_until"]
            )
            for row in rows
        }

    async def put(self, counted: Mapping[str, Failures]) -> None:
        rows = [
            {
                "key": key,
                "failures": each.number,
                "last_at": each.last_at,
                "held_until": each.held_until,
            }
            for key, each in sorted(counted.items())
        ]
        await self._transaction.upsert(login_failures, rows, key=["key"])

    async def forget(self, *, before: datetime) -> None:
        await self._transaction.execute(sa.delete(login_failures).where(_c.last_at < before))


class StoredSetupTokens:
    """`ports.SetupTokens` in their table."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def replace(self, token_hash: str, at: datetime) -> None:
        await self._transaction.execute(sa.delete(setup_tokens))
        row = {"token_hash": token_hash, "created_at": at}
        await self._transaction.execute(sa.insert(setup_tokens), [row])

    async def spend(self, token_hash: str) -> bool:
        mine = sa.delete(setup_tokens).where(setup_tokens.c.token_hash == token_hash)
        spent = await self._transaction.execute(mine)
        return spent.rowcount > 0
