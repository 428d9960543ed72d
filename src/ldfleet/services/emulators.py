"""The emulators: listed, annotated, launched and quit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.event import EventType, of_emulator
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Workstation, WorkstationStatus
from ldfleet.ports import Admission, Clock, EmulatorQuery, NewId, Page, Storage, UnitOfWork
from ldfleet.services import fields
from ldfleet.services.queueing import Queueing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    verb: Verb
    params: Mapping[str, Any]
    key: str | None
    reason: str | None


class Emulators:
    """An action is queued behind what the emulator has to do already, and checked against that."""

    def __init__(
        self, *, storage: Storage, admission: Admission, clock: Clock, new_id: NewId
    ) -> None:
        self._storage = storage
        self._admission = admission
        self._clock = clock
        self._queueing = Queueing(clock=clock, new_id=new_id)

    async def list(
        self, _actor: Actor, query: EmulatorQuery, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Emulator]:
        async with self._storage() as work:
            return await work.emulators.list(query, cursor=cursor, limit=limit)

    async def get(self, _actor: Actor, emulator_id: str) -> Emulator:
        async with self._storage() as work:
            return await work.emulators.get(emulator_id)

    async def annotate(
        self,
        _actor: Actor,
        emulator_id: str,
        *,
        tags: tuple[str, ...] | None = None,
        notes: str | None = None,
        protected: bool | None = None,
        expected_version: int | None = None,
    ) -> Emulator:
        """Set what is given; without `expected_version` whatever it is now."""
        async with self._storage() as work:
            found = await work.emulators.get(emulator_id)
            now = self._clock.now()
            wanted = replace(
                found,
                tags=found.tags if tags is None else fields.tags_of(tags),
                notes=found.notes if notes is None else fields.notes_of(notes),
                protected=found.protected if protected is None else protected,
                updated_at=now,
            )
            version = found.version if expected_version is None else expected_version
            changed = await work.emulators.change(wanted, expected_version=version)
            work.tell(of_emulator(EventType.EMULATOR_CHANGED, changed, at=now))
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
        checked = fields.package_of(package)
        params = {} if checked is None else {"package": checked}
        wish = _Wish(verb=Verb.LAUNCH, params=params, key=idempotency_key, reason=reason)
        return await self._queue(actor, emulator_id, wish)

    async def quit(
        self,
        actor: Actor,
        emulator_id: str,
        *,
        idempotency_key: str | None = None,
        reason: str | None = None,
    ) -> Operation:
        """Stop it. Raises EmulatorWrongState if it is or will be stopped already."""
        wish = _Wish(verb=Verb.QUIT, params={}, key=idempotency_key, reason=reason)
        return await self._queue(actor, emulator_id, wish)

    async def _queue(self, actor: Actor, emulator_id: str, wish: _Wish) -> Operation:
        async with self._storage() as work:
            emulator = await work.emulators.get(emulator_id)
            workstation = await work.workstations.get(emulator.workstation_id)
            drafted = self._queueing.draft(actor, wish.verb, workstation, reason=wish.reason)
            drafted = replace(drafted, emulator_id=emulator.id, params=wish.params)
            operation = await self._queueing.repeated(work, drafted, key=wish.key)
            if operation is None:
                operation = await self._line_up(work, emulator, workstation, drafted, wish)
        self._admission.wake()
        return operation

    async def _line_up(
        self,
        work: UnitOfWork,
        emulator: Emulator,
        workstation: Workstation,
        drafted: Operation,
        wish: _Wish,
    ) -> Operation:
        before = await work.operations.unfinished_of(emulator.id)
        if before and _same(before[-1], drafted):
            return before[-1]
        emulator.check_may(wish.verb, after=before)
        if wish.verb is Verb.LAUNCH and workstation.health.status is WorkstationStatus.NO_DESKTOP:
            raise errors.NoDesktopSession(workstation=workstation.name)
        if before:
            drafted = replace(drafted, waiting_for=_behind(before))
        return await self._queueing.add(work, drafted, key=wish.key)


def _same(last: Operation, wanted: Operation) -> bool:
    """Only the last in line can stand for it: what comes in between would change the outcome."""
    return (
        last.status is OperationStatus.QUEUED
        and last.verb is wanted.verb
        and dict(last.params) == dict(wanted.params)
    )


def _behind(before: Sequence[Operation]) -> str:
    last = before[-1]
    return f"the {last.verb} before it on this emulator ({last.id})"
