"""The emulators: listed, annotated, launched."""

from dataclasses import replace

from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.domain.emulator import Emulator, PlacedEmulator
from ldfleet.domain.event import EventType
from ldfleet.domain.operation import Operation
from ldfleet.domain.telling import of_emulator
from ldfleet.domain.verb import Verb
from ldfleet.ports import Admission, Clock, EmulatorQuery, NewId, Page, Storage
from ldfleet.services import descriptions, fields, scoping
from ldfleet.services.requests import Requests


class Emulators:
    """What is known of them is read and annotated here; actions are asked for by `Requests`."""

    def __init__(
        self,
        *,
        storage: Storage,
        reader: Storage,
        admission: Admission,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        """`reader` opens units of work that only read."""
        self._storage = storage
        self._reader = reader
        self._clock = clock
        self._requests = Requests(storage=storage, admission=admission, clock=clock, new_id=new_id)

    async def list(
        self,
        actor: Actor,
        query: EmulatorQuery,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[PlacedEmulator]:
        seen = replace(query, scope=actor.scope)
        async with self._reader() as work:
            return await work.emulators.list(seen, cursor=cursor, limit=limit, count=count)

    async def show(self, actor: Actor, emulator_id: str) -> PlacedEmulator:
        """With what is told of its workstation."""
        async with self._reader() as work:
            await scoping.emulator_of(work, actor, emulator_id)
            return await work.emulators.placed(emulator_id)

    async def get(self, actor: Actor, emulator_id: str) -> Emulator:
        async with self._storage() as work:
            return await scoping.emulator_of(work, actor, emulator_id)

    async def annotate(
        self,
        actor: Actor,
        emulator_id: str,
        *,
        tags: tuple[str, ...] | None = None,
        notes: str | None = None,
        protected: bool | None = None,
        expected_version: int | None = None,
    ) -> Emulator:
        """Set what is given; without `expected_version` whatever it is now."""
        async with self._storage() as work:
            found = await scoping.emulator_of(work, actor, emulator_id)
            now = self._clock.now()
            wanted = replace(
                found,
                tags=found.tags if tags is None else fields.tags_of(tags),
                notes=found.notes if notes is None else fields.notes_of(notes),
                protected=found.protected if protected is None else protected,
                updated_at=now,
            )
            if actor.scope is not None:
                workstation = await work.workstations.get(found.workstation_id)
                scoping.check_stays(actor, workstation, wanted)
            version = found.version if expected_version is None else expected_version
            changed = await work.emulators.change(wanted, expected_version=version)
            work.tell(of_emulator(EventType.EMULATOR_CHANGED, changed, at=now))
            entry = done(
                actor,
                "emulator.annotate",
                at=now,
                subject=changed.id,
                subject_name=changed.name,
                before=descriptions.of_emulator(found),
                after=descriptions.of_emulator(changed),
            )
            work.audit.record(entry)
            return changed

    async def launch(
        self,
        actor: Actor,
        emulator_id: str,
        *,
        package: str | None = None,
        idempotency_key: str | None = None,
        reason: str | None = None,
    ) -> Operation:
        """Start it, and `package` in it once its Android is ready.

        Raises:
            NoDesktopSession: nobody is logged on at its workstation.
            EmulatorWrongState: it is or will be started already.
        """
        return await self._requests.ask(
            actor,
            Verb.LAUNCH,
            emulator_id=emulator_id,
            params={"package": package},
            idempotency_key=idempotency_key,
            reason=reason,
        )
