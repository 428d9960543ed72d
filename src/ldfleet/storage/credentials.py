"""The workstations' credentials, sealed by the vault."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Credentials
from ldfleet.storage import tables
from ldfleet.storage.connections import Transaction
from ldfleet.storage.vault import Vault

_c = tables.credentials.c


class StoredSecrets:
    """`ports.Secrets` in the table of credentials."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    async def put(self, workstation_id: WorkstationId, credentials: Credentials) -> None:
        await self._write({workstation_id: json.dumps(asdict(credentials)).encode()})

    async def get(self, workstation_id: WorkstationId) -> Credentials:
        wanted = sa.select(_c.ciphertext).where(_c.workstation_id == workstation_id)
        sealed = await self._transaction.value(wanted)
        if sealed is None:
            return Credentials()
        return Credentials(**json.loads(self._vault.unseal(sealed, owner=workstation_id)))

    async def reseal(self) -> int:
        """Seal all of them with the vault's newest key; gives how many.

        Raises:
            SecretUnreadable: one can't be unsealed; none is changed then.
        """
        stored = await self._transaction.rows(sa.select(tables.credentials))
        plain = {
            row["workstation_id"]: self._vault.unseal(
                row["ciphertext"], owner=row["workstation_id"]
            )
            for row in stored
        }
        await self._write(plain)
        return len(plain)

    async def unreadable(self) -> Sequence[str]:
        """The names of the workstations whose credentials can't be unsealed."""
        joined = sa.select(tables.workstations.c.name, _c.workstation_id, _c.ciphertext).join(
            tables.workstations, tables.workstations.c.id == _c.workstation_id
        )
        stored = await self._transaction.rows(joined.order_by(tables.workstations.c.name))
        return [row["name"] for row in stored if not self._opens(row)]

    def _opens(self, row: Mapping[str, Any]) -> bool:
        if not self._vault.is_there:
            return False
        try:
            self._vault.unseal(row["ciphertext"], owner=row["workstation_id"])
        except errors.SecretUnreadable:
            return False
        return True

    async def _write(self, plain: dict[str, bytes]) -> None:
        rows = [
            {"workstation_id": owner, "ciphertext": self._vault.seal(secret, owner=owner)}
            for owner, secret in plain.items()
        ]
        orphan = errors.WorkstationNotFound(workstation=", ".join(plain))
        await self._transaction.upsert(
            tables.credentials, rows, key=["workstation_id"], orphan=orphan
        )
