"""What was backed up: chosen from by who wants to restore."""

from dataclasses import replace
from typing import Unpack

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.backup import Backup
from ldfleet.ports import BackupQuery, Listed, Page, Storage
from ldfleet.services.scoping import emulator_of, workstation_of


class Backups:
    """Backups are written by the verb `backup`; here they are found again."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def list(self, actor: Actor, query: BackupQuery, **how: Unpack[Listed]) -> Page[Backup]:
        seen = replace(query, scope=actor.scope)
        async with self._storage() as work:
            return await work.backups.list(seen, **how)

    async def get(self, actor: Actor, backup_id: str) -> Backup:
        """One outside of the actor's scope is not there. Raises BackupNotFound."""
        async with self._storage() as work:
            found = await work.backups.get(backup_id)
            try:
                if found.emulator_id is not None:
                    await emulator_of(work, actor, found.emulator_id)
                else:
                    await workstation_of(work, actor, found.workstation_id)
            except (errors.EmulatorNotFound, errors.WorkstationNotFound):
                raise errors.BackupNotFound(backup=backup_id) from None
        return found
