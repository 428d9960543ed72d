"""What doctor found: written by the verb `doctor`, read here."""

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.checkup import Checkup
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import Storage
from ldfleet.services.scoping import workstation_of


class Checkups:
    """The last visit to each workstation."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def get(self, actor: Actor, workstation_id: str) -> tuple[Workstation, Checkup]:
        """With the workstation. Raises WorkstationNotFound, NeverExamined."""
        async with self._storage() as work:
            workstation = await workstation_of(work, actor, workstation_id)
            found = await work.checkups.find(workstation.id)
        if found is None:
            raise errors.NeverExamined(workstation=workstation.name)
        return workstation, found

    async def find(self, workstation: Workstation) -> Checkup | None:
        """Of a workstation that the caller may see; None: it was never asked."""
        async with self._storage() as work:
            return await work.checkups.find(workstation.id)
