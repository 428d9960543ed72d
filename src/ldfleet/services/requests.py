"""The one way to ask for a verb: checked, merged with its like, or lined up as an operation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.ids import BatchId, OperationId
from ldfleet.domain.operation import Operation, OperationStatus, Priority
from ldfleet.domain.verb import RULES, Rule, Verb, check_may, needs_desktop
from ldfleet.domain.workstation import Workstation, WorkstationStatus
from ldfleet.ldplayer.layout import is_own
from ldfleet.ports import Admission, Clock, NewId, Storage, UnitOfWork
from ldfleet.services import params as rules
from ldfleet.services import scoping
from ldfleet.services.profiles import resolved
from ldfleet.services.queueing import Queueing

OnBusy = Literal["queue", "refuse"]
LONGEST = 86_400.0  # seconds: a day
_NEVER_MERGED: frozenset[str] = frozenset({"create", "clone", "adb", "console"})
"""Asked twice, they are meant twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an operation belongs to, and when it may start."""

    priority: Priority = Priority.PERSON
    batch_id: BatchId | None = None
    wave: int | None = None
    retry_of: OperationId | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None


ALONE = Terms()


class Requests:
    """An action is queued behind what its target has to do already, and checked against that."""

    def __init__(
        self, *, storage: Storage, admission: Admission, clock: Clock, new_id: NewId
    ) -> None:
        self._storage = storage
        self._admission = admission
        self._queueing = Queueing(clock=clock, new_id=new_id)

    async def ask(
        self,
        actor: Actor,
        verb: Verb,
        *,
        emulator_id: str | None = None,
        workstation_id: str | None = None,
        params: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        reason: str | None = None,
        on_busy: OnBusy = "queue",
        timeout: float | None = None,  # noqa: ASYNC109 - of the operation, not of this call
        terms: Terms = ALONE,
    ) -> Operation:
        """Write the operation, or give the one that the same request made before.

        Raises:
            FieldInvalid, ValidationFailed: the verb or its params are not right.
            PermissionDenied: the verb needs a greater role.
            EmulatorGone, EmulatorWrongState, EmulatorProtected: it can't be done to it.
            EmulatorBusy: it has something to do, and `on_busy` is refuse.
            NoDesktopSession: nobody is logged on, and the verb starts an emulator.
        """
        async with self._storage() as work:
            operation = await self.place(
                work,
                actor,
                verb,
                emulator_id=emulator_id,
                workstation_id=workstation_id,
                params=params,
                idempotency_key=idempotency_key,
                reason=reason,
                on_busy=on_busy,
                timeout=timeout,
                terms=terms,
            )
        self._admission.wake()
        return operation

    async def place(
        self,
        work: UnitOfWork,
        actor: Actor,
        verb: Verb,
        *,
        emulator_id: str | None = None,
        workstation_id: str | None = None,
        params: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        reason: str | None = None,
        on_busy: OnBusy = "queue",
        timeout: float | None = None,  # noqa: ASYNC109 - of the operation, not of this call
        terms: Terms = ALONE,
    ) -> Operation:
        """As `ask`, inside of the caller's transaction; the caller wakes the engine after it."""
        check_may(actor, verb)
        rule = _rule_of(verb, emulator_id=emulator_id, workstation_id=workstation_id)
        emulator = None
        if not rule.on_workstation:
            emulator = await scoping.emulator_of(work, actor, emulator_id or "")
            workstation_id = emulator.workstation_id
            workstation = await work.workstations.get(workstation_id)
        else:
            workstation = await scoping.workstation_of(work, actor, workstation_id or "")
        drafted = self.draft(
            actor,
            verb,
            workstation,
            emulator,
            params=rules.check(verb, await resolved(work, verb, params or {})),
            reason=reason,
            timeout=timeout,
            terms=terms,
        )
        earlier = await self._queueing.repeated(work, drafted, key=idempotency_key)
        if earlier is not None:
            return earlier
        if emulator is None:
            _check_desktop(drafted, workstation)
            twin = None if verb in _NEVER_MERGED else await work.operations.find_twin(drafted)
            placed = twin or drafted
        else:
            before = await work.operations.unfinished_of(emulator.id)
            placed = line_up(drafted, workstation, emulator, before, on_busy=on_busy)
        _note(work, actor, drafted, placed, of=emulator or workstation)
        if placed.id != drafted.id:
            await self._queueing.remember(work, drafted, placed, key=idempotency_key)
            return placed
        return await self._queueing.add(work, placed, key=idempotency_key)

    async def answered(self, actor: Actor, key: str) -> bool:
        """Whether the same request under this key gives what it gave before."""
        async with self._storage() as work:
            return await self._queueing.answered(work, actor, key)

    async def retry(
        self,
        actor: Actor,
        operation_id: str,
        *,
        idempotency_key: str | None = None,
        reason: str | None = None,
    ) -> Operation:
        """Ask anew for what ended without success, with the same params.

        Raises OperationNotRetryable where it succeeded or is not over, and what `ask` raises.
        """
        async with self._storage() as work:
            ended = await scoping.operation_of(work, actor, operation_id)
            if not ended.status.over or ended.status is OperationStatus.SUCCEEDED:
                raise errors.OperationNotRetryable(operation=ended.id, state=ended.status)
            operation = await self.place(
                work,
                actor,
                ended.verb,
                emulator_id=ended.emulator_id,
                workstation_id=None if ended.emulator_id else ended.workstation_id,
                params=ended.params,
                idempotency_key=idempotency_key,
                reason=ended.reason if reason is None else reason,
                timeout=ended.timeout,
                terms=Terms(retry_of=ended.id),
            )
        self._admission.wake()
        return operation

    def draft(
        self,
        actor: Actor,
        verb: Verb,
        workstation: Workstation,
        emulator: Emulator | None,
        *,
        params: Mapping[str, Any],
        reason: str | None = None,
        timeout: float | None = None,
        terms: Terms = ALONE,
    ) -> Operation:
        """An operation with checked params, not yet lined up or written."""
        drafted = self._queueing.draft(actor, verb, workstation, params=params, reason=reason)
        return replace(
            drafted,
            emulator_id=None if emulator is None else emulator.id,
            timeout=drafted.timeout if timeout is None else _timeout_of(timeout),
            priority=terms.priority,
            batch_id=terms.batch_id,
            wave=terms.wave,
            retry_of=terms.retry_of,
            not_before=terms.not_before,
            expires_at=terms.expires_at,
        )


def _note(
    work: UnitOfWork,
    actor: Actor,
    drafted: Operation,
    placed: Operation,
    *,
    of: Emulator | Workstation,
) -> None:
    """One entry for what was asked, also where it was asked for already."""
    noun = "workstation" if isinstance(of, Workstation) else "emulator"
    asked = {"operation": placed.id, "params": dict(drafted.params), "retry_of": drafted.retry_of}
    entry = done(
        actor,
        f"{noun}.{drafted.verb}",
        at=drafted.created_at,
        subject=of.id,
        subject_name=of.name,
        after={name: value for name, value in asked.items() if value},
        reason=drafted.reason,
    )
    work.audit.record(entry)


def line_up(
    drafted: Operation,
    workstation: Workstation,
    emulator: Emulator,
    before: Sequence[Operation],
    *,
    on_busy: OnBusy = "queue",
) -> Operation:
    """The drafted operation behind those `before` it, or the one of them that is the same.

    Held ones of a batch are not before it: they start once their wave is released, and look then.
    Raises the refusals of `Requests.ask`.
    """
    before = [each for each in before if not each.held]
    if before and on_busy == "refuse":
        raise errors.EmulatorBusy(
            emulator=emulator.id, verb=before[-1].verb, operation=before[-1].id
        )
    if before and _same(before[-1], drafted):
        return before[-1]
    emulator.check_may(drafted.verb, after=before)
    _check_desktop(drafted, workstation)
    _check_file(drafted, workstation)
    return replace(drafted, waiting_for=_behind(before)) if before else drafted


def _rule_of(verb: Verb, *, emulator_id: str | None, workstation_id: str | None) -> Rule:
    rule = RULES.get(verb)
    if rule is None:
        raise errors.FieldInvalid(
            field="verb", reason=f"{verb} can't be asked for; choose one of openapi.json"
        )
    wanted, given = ("workstation_id", workstation_id), ("emulator_id", emulator_id)
    if not rule.on_workstation:
        wanted, given = given, wanted
    if wanted[1] is None or given[1] is not None:
        raise errors.FieldInvalid(
            field=wanted[0], reason=f"{verb} needs it, and not {given[0]}; send it alone"
        )
    return rule


def _check_file(operation: Operation, workstation: Workstation) -> None:
    """A backup is no neighbour of what LDPlayer itself keeps under such names."""
    file = operation.params.get("file")
    if operation.verb is not Verb.BACKUP or file is None:
        return
    for install in workstation.health.installs:
        if is_own(install, file):
            reason = f"it lies in LDPlayer's own folder; choose one outside of {install.path}"
            raise errors.FieldInvalid(field="file", reason=f"{reason}, or leave it out")


def _check_desktop(operation: Operation, workstation: Workstation) -> None:
    needed = needs_desktop(operation.verb, operation.params)
    if needed and workstation.health.status is WorkstationStatus.NO_DESKTOP:
        raise errors.NoDesktopSession(workstation=workstation.name)


def _timeout_of(seconds: float) -> float:
    if not 1 <= seconds <= LONGEST:
        raise errors.FieldInvalid(
            field="timeout_s", reason=f"it must be from 1 to {LONGEST:g} seconds"
        )
    return float(seconds)


def _same(last: Operation, wanted: Operation) -> bool:
    """Only the last in line can stand for it: what comes in between would change the outcome."""
    return (
        last.status is OperationStatus.QUEUED
        and last.verb is wanted.verb
        and last.verb not in _NEVER_MERGED
        and last.batch_id == wanted.batch_id
        and dict(last.params) == dict(wanted.params)
    )


def _behind(before: Sequence[Operation]) -> str:
    last = before[-1]
    return f"the {last.verb} before it on this emulator ({last.id})"
