"""The workstations: described by people, tested, scanned, held back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import CHANGED, done
from ldfleet.domain.event import EventType
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import Operation
from ldfleet.domain.site import DEFAULT
from ldfleet.domain.telling import of_workstation
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import (
    Address,
    Credentials,
    Health,
    Limits,
    Stage,
    StageName,
    Workstation,
    WorkstationStatus,
)
from ldfleet.ports import (
    EVERY_WORKSTATION,
    Admission,
    Clock,
    Connector,
    NewId,
    Page,
    Storage,
    Survey,
    UnitOfWork,
    WorkstationQuery,
)
from ldfleet.services import descriptions, fields, scoping
from ldfleet.services.connection import stages_of
from ldfleet.services.noting import note
from ldfleet.services.queueing import Queueing
from ldfleet.services.sites import check_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A workstation as a person describes it."""

    name: str
    address: Address
    ldplayer_path: str | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    site: str = DEFAULT
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """What a connection test found.

    `connected`: a shell answered. `online`: every rung passed; `offline`: nothing listens there;
    `error`: anything between.
    """

    workstation_id: str | None
    workstation_name: str
    status: Literal["online", "offline", "error"]
    connected: bool
    response_time_ms: float
    error_message: str | None
    stages: tuple[Stage, ...]


class Workstations:
    """`poke` has the collector look at a workstation now."""

    def __init__(
        self,
        *,
        storage: Storage,
        connector: Connector,
        survey: Survey,
        admission: Admission,
        poke: Callable[[str], None],
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._storage = storage
        self._connector = connector
        self._survey = survey
        self._admission = admission
        self._poke = poke
        self._clock = clock
        self._new_id = new_id
        self._queueing = Queueing(clock=clock, new_id=new_id)

    async def list(
        self,
        actor: Actor,
        query: WorkstationQuery = EVERY_WORKSTATION,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[Workstation]:
        seen = replace(query, scope=actor.scope)
        async with self._storage() as work:
            return await work.workstations.list(seen, cursor=cursor, limit=limit, count=count)

    async def get(self, actor: Actor, workstation_id: str) -> Workstation:
        async with self._storage() as work:
            return await scoping.workstation_of(work, actor, workstation_id)

    async def add(
        self, actor: Actor, draft: Draft, credentials: Credentials, *, dry_run: bool = False
    ) -> Workstation:
        """Take it on; with `dry_run` only see whether it could be.

        Raises FieldInvalid, TransportUnsupported, SiteNotFound, WorkstationNameTaken.

        Who has a scope can't place it outside: ScopeTooNarrow.
        """
        checked = self._checked(draft)
        fields.check_credentials(checked.address, credentials)
        workstation = self._made(checked)
        scoping.check_stays(actor, workstation)
        async with self._storage() as work:
            await _check_name(work, workstation)
            await check_site(work, workstation.site)
            if dry_run:
                return workstation
            await work.workstations.add(workstation)
            await work.secrets.put(workstation.id, credentials)
            self._tell(work, EventType.WORKSTATION_ADDED, workstation)
            after = descriptions.of_workstation(workstation)
            note(work, actor, "workstation.add", workstation, at=self._clock.now(), after=after)
        self._poke(workstation.id)
        return workstation

    async def change(
        self,
        actor: Actor,
        workstation_id: str,
        draft: Draft,
        credentials: Credentials | None,
        *,
        expected_version: int | None,
    ) -> Workstation:
        """Replace its description; `credentials` None keeps those on record.

        Credentials on record go to the address that they were given for and to no other: whoever
        changes it gives them again, else CredentialsNeeded. New ones are tried once even after a
        refused login.
        """
        checked = self._checked(draft)
        async with self._storage() as work:
            found = await scoping.workstation_of(work, actor, workstation_id)
            credentials = fields.new_credentials(found, checked.address, credentials)
            described = self._described(found, checked)
            scoping.check_stays(actor, described)
            if described.name != found.name:
                await _check_name(work, described)
            if described.site != found.site:
                await check_site(work, described.site)
            changed = await work.workstations.change(
                described,
                expected_version=found.version if expected_version is None else expected_version,
            )
            if credentials is not None:
                await work.secrets.put(found.id, credentials)
                changed = await self._forgive(work, changed)
            self._tell(work, EventType.WORKSTATION_CHANGED, changed)
            self._note_change(work, actor, found, changed, secret=credentials is not None)
        if credentials is not None:
            await self._connector.forget(changed.id)
            self._poke(changed.id)
        self._admission.wake()
        return changed

    async def remove(self, actor: Actor, workstation_id: str) -> None:
        """With its emulators and history. Raises WorkstationInUse."""
        async with self._storage() as work:
            found = await scoping.workstation_of(work, actor, workstation_id)
            unfinished = await work.operations.count_unfinished(found.id)
            if unfinished:
                raise errors.WorkstationInUse(workstation=found.name, operations=unfinished)
            await work.workstations.remove(found.id)
            self._tell(work, EventType.WORKSTATION_REMOVED, found)
            before = descriptions.of_workstation(found)
            note(work, actor, "workstation.remove", found, at=self._clock.now(), before=before)
        await self._connector.forget(found.id)

    async def test(self, actor: Actor, workstation_id: str) -> ConnectionReport:
        """Every rung, on fresh connections; a login that works again ends `auth_failed`."""
        async with self._storage() as work:
            found = await scoping.workstation_of(work, actor, workstation_id)
            credentials = await work.secrets.get(found.id)
        stages = await stages_of(self._connector, self._survey, found, credentials)
        tried = _report(found, stages)
        async with self._storage() as work:
            note(
                work, actor, "workstation.test", found, at=self._clock.now(), after=_outcome(tried)
            )
        if tried.connected and found.health.status is WorkstationStatus.AUTH_FAILED:
            async with self._storage() as work:
                await self._forgive(work, await work.workstations.get(found.id))
            self._admission.wake()
        if tried.connected:
            self._poke(found.id)
        return tried

    async def test_draft(
        self,
        actor: Actor,
        draft: Draft,
        credentials: Credentials,
    ) -> ConnectionReport:
        """The same before anything is kept."""
        checked = self._checked(draft)
        fields.check_credentials(checked.address, credentials)
        tried = self._made(checked)
        try:
            stages = await stages_of(self._connector, self._survey, tried, credentials)
        finally:
            await self._connector.forget(tried.id)
        report = replace(_report(tried, stages), workstation_id=None)
        told = {"host": tried.address.host, "port": tried.address.port, **_outcome(report)}
        entry = done(
            actor,
            "workstation.test",
            at=self._clock.now(),
            subject_name=tried.name,
            after=told,
        )
        async with self._storage() as work:
            work.audit.record(entry)
        return report

    async def scan(
        self,
        actor: Actor,
        workstation_id: str,
        *,
        idempotency_key: str | None = None,
        reason: str | None = None,
    ) -> Operation:
        """Look at it now, with its facts; a scan that is queued already is the same."""
        async with self._storage() as work:
            found = await scoping.workstation_of(work, actor, workstation_id)
            drafted = self._queueing.draft(actor, Verb.SCAN, found, reason=reason)
            operation = (
                await self._queueing.repeated(work, drafted, key=idempotency_key)
                or await self._queueing.merged(work, drafted, key=idempotency_key)
                or await self._queueing.add(work, drafted, key=idempotency_key)
            )
            note(
                work,
                actor,
                "workstation.scan",
                found,
                at=self._clock.now(),
                after={"operation": operation.id},
            )
        self._admission.wake()
        if found.status is not WorkstationStatus.AUTH_FAILED:
            self._poke(found.id)  # for its facts: somebody may have logged on there
        return operation

    async def hold(self, actor: Actor, workstation_id: str, *, reason: str) -> Workstation:
        """Start nothing there until `release`; what runs goes on to its end."""
        why = fields.reason_of(reason)
        if why is None:
            raise errors.FieldInvalid(
                field="reason", reason="it must not be blank; say why it is held back"
            )
        return await self._maintain(actor, workstation_id, why)

    async def release(self, actor: Actor, workstation_id: str) -> Workstation:
        """Let what waits start."""
        return await self._maintain(actor, workstation_id, None)

    async def _maintain(self, actor: Actor, workstation_id: str, reason: str | None) -> Workstation:
        async with self._storage() as work:
            found = await scoping.workstation_of(work, actor, workstation_id)
            wanted = replace(found, maintenance=reason, updated_at=self._clock.now())
            changed = await work.workstations.change(wanted, expected_version=found.version)
            self._tell(work, EventType.WORKSTATION_CHANGED, changed)
            note(
                work,
                actor,
                "workstation.release" if reason is None else "workstation.hold",
                changed,
                at=self._clock.now(),
                before={"maintenance": found.maintenance},
                after={"maintenance": reason},
            )
        self._admission.wake()
        return changed

    async def _forgive(self, work: UnitOfWork, workstation: Workstation) -> Workstation:
        """A person acted: the login may be tried once more."""
        if workstation.health.status is not WorkstationStatus.AUTH_FAILED:
            return workstation
        health = replace(
            workstation.health,
            status=WorkstationStatus.UNKNOWN,
            reason=None,
            failure=None,
            misses=0,
            changed_at=self._clock.now(),
        )
        await work.workstations.observe(workstation.id, health)
        return workstation.seen(health)

    def _checked(self, draft: Draft) -> Draft:
        if draft.address.transport not in self._connector.kinds:
            raise errors.TransportUnsupported(transport=draft.address.transport)
        return Draft(
            name=fields.name_of(draft.name),
            address=fields.address_of(draft.address),
            ldplayer_path=fields.path_of(draft.ldplayer_path),
            tags=fields.tags_of(draft.tags),
            notes=fields.notes_of(draft.notes),
            site=fields.site_of(draft.site),
            limits=fields.limits_of(draft.limits),
        )

    def _made(self, draft: Draft) -> Workstation:
        now = self._clock.now()
        blank = Workstation(
            id=WorkstationId(self._new_id("ws")),
            name=draft.name,
            address=draft.address,
            health=Health(),
            created_at=now,
            updated_at=now,
        )
        return self._described(blank, draft)

    def _described(self, workstation: Workstation, draft: Draft) -> Workstation:
        return replace(
            workstation,
            name=draft.name,
            address=draft.address,
            ldplayer_path=draft.ldplayer_path,
            tags=draft.tags,
            notes=draft.notes,
            site=draft.site,
            limits=draft.limits,
            updated_at=self._clock.now(),
        )

    def _tell(self, work: UnitOfWork, type_: EventType, workstation: Workstation) -> None:
        work.tell(of_workstation(type_, workstation, at=self._clock.now()))

    def _note_change(
        self,
        work: UnitOfWork,
        actor: Actor,
        found: Workstation,
        changed: Workstation,
        *,
        secret: bool,
    ) -> None:
        before = descriptions.of_workstation(found)
        after = descriptions.of_workstation(changed)
        if secret:
            before, after = {**before, "credentials": None}, {**after, "credentials": CHANGED}
        note(
            work,
            actor,
            "workstation.change",
            changed,
            at=self._clock.now(),
            before=before,
            after=after,
        )


async def _check_name(work: UnitOfWork, workstation: Workstation) -> None:
    """People don't tell PC-01 from pc-01."""
    name = workstation.name.casefold()
    for other in await work.workstations.every():
        if other.id != workstation.id and other.name.casefold() == name:
            raise errors.WorkstationNameTaken(name=other.name)


def _outcome(report: ConnectionReport) -> Mapping[str, Any]:
    failed = next((stage.name.value for stage in report.stages if not stage.ok), None)
    return {"status": report.status, "failed": failed}


def _report(workstation: Workstation, stages: tuple[Stage, ...]) -> ConnectionReport:
    failed = next((stage for stage in stages if not stage.ok), None)
    status: Literal["online", "offline", "error"] = "error"
    if failed is None:
        status = "online"
    elif failed.name in {StageName.DNS, StageName.TCP}:
        status = "offline"
    return ConnectionReport(
        workstation_id=workstation.id,
        workstation_name=workstation.name,
        status=status,
        connected=any(stage.name is StageName.SHELL and stage.ok for stage in stages),
        response_time_ms=round(1000 * sum(stage.seconds for stage in stages), 1),
        error_message=None if failed is None else failed.detail,
        stages=stages,
    )
