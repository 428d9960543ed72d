"""Workstations: described, tested, held back, removed."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import (
    Address,
    Credentials,
    Health,
    LoginMethod,
    Stage,
    StageName,
    TransportKind,
    Workstation,
    WorkstationStatus,
)
from ldfleet.ports import Transport
from ldfleet.services.workstations import Draft, Workstations
from support.engines import Floor
from support.stores import an_operation

ANNA = Actor(name="anna")
CA = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"
SECRET = Credentials(password="s3cret")
DRAFT = Draft(name="pc-07", address=Address(host="192.0.2.7", port=5986, username="farm"))
WAY = (StageName.DNS, StageName.TCP, StageName.TLS, StageName.LOGIN, StageName.SHELL)
NEEDS = (StageName.LDPLAYER, StageName.DESKTOP, StageName.DISK)


@dataclass
class Lan:
    """The way to PCs as a test wants it: which rung breaks, and what was asked for."""

    breaks_at: StageName | None = None
    lost_before_survey: bool = False
    tried: list[Credentials] = field(default_factory=list[Credentials])
    forgotten: list[str] = field(default_factory=list[str])
    poked: list[str] = field(default_factory=list[str])

    @property
    def kinds(self) -> Sequence[TransportKind]:
        return tuple(TransportKind)

    async def test(self, workstation: Workstation, credentials: Credentials) -> Sequence[Stage]:
        del workstation
        self.tried.append(credentials)
        return self._rungs(WAY)

    @asynccontextmanager
    async def connect(
        self, workstation: Workstation, credentials: Credentials
    ) -> AsyncGenerator[Transport]:
        self.tried.append(credentials)
        if self.lost_before_survey:
            raise errors.WorkstationUnreachable(
                workstation=workstation.name, address="192.0.2.7", reason="no answer"
            )
        yield cast("Transport", self)

    async def forget(self, workstation_id: str) -> None:
        self.forgotten.append(workstation_id)

    async def survey(self, workstation: Workstation, transport: Transport) -> Sequence[Stage]:
        del workstation, transport  # all PCs of this LAN are alike
        return self._rungs(NEEDS)

    def _rungs(self, names: Sequence[StageName]) -> Sequence[Stage]:
        stages: list[Stage] = []
        for name in names:
            reached = all(stage.ok for stage in stages) or names is NEEDS
            ok = name is not self.breaks_at if reached else None
            detail = f"{name} broke" if ok is False else None
            stages.append(Stage(name=name, ok=ok, seconds=0.25 if reached else 0, detail=detail))
        return stages


@pytest.fixture
def lan() -> Lan:
    return Lan()


def service(floor: Floor, lan: Lan) -> Workstations:
    return Workstations(
        storage=floor.database,
        connector=lan,
        survey=lan.survey,
        admission=floor.database.admission,
        poke=lan.poked.append,
        clock=floor.clock,
        new_id=floor.new_id,
    )


async def credentials_of(floor: Floor, workstation: Workstation) -> Credentials:
    async with floor.database() as work:
        return await work.secrets.get(workstation.id)


async def turn_to(floor: Floor, workstation: Workstation, **health: Any) -> None:
    async with floor.database() as work:
        await work.workstations.observe(workstation.id, Health(**health))


async def test_a_new_workstation_is_kept_told_and_looked_at(floor: Floor, lan: Lan) -> None:
    after = await floor.database.feed.head()

    added = await service(floor, lan).add(ANNA, DRAFT, SECRET)

    batch = await floor.told(after)
    assert await service(floor, lan).get(ANNA, added.id) == added
    assert await credentials_of(floor, added) == SECRET
    assert [(event.type, event.subject) for event in batch] == [("workstation.added", added.id)]
    assert lan.poked == [added.id]


async def test_nothing_secret_is_told(floor: Floor, lan: Lan) -> None:
    after = await floor.database.feed.head()

    await service(floor, lan).add(ANNA, DRAFT, SECRET)

    batch = await floor.told(after)
    assert "s3cret" not in repr(batch)


async def test_a_name_is_given_once(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)
    await workstations.add(ANNA, DRAFT, SECRET)

    with pytest.raises(errors.WorkstationNameTaken):
        await workstations.add(ANNA, DRAFT, SECRET)


async def test_another_case_makes_no_other_name(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)
    first = await workstations.add(ANNA, DRAFT, SECRET)
    second = await workstations.add(ANNA, replace(DRAFT, name="pc-08"), SECRET)
    louder = replace(DRAFT, name="PC-07")

    with pytest.raises(errors.WorkstationNameTaken, match="pc-07"):
        await workstations.add(ANNA, louder, SECRET)
    with pytest.raises(errors.WorkstationNameTaken, match="pc-07"):
        await workstations.change(ANNA, second.id, louder, None, expected_version=None)
    renamed = await workstations.change(ANNA, first.id, louder, None, expected_version=None)

    assert renamed.name == "PC-07"


@pytest.mark.parametrize(
    ("draft", "credentials"),
    [
        (replace(DRAFT, name=" "), SECRET),
        (DRAFT, Credentials()),
        (replace(DRAFT, tags=("A",)), SECRET),
    ],
)
async def test_what_is_refused_leaves_no_trace(
    floor: Floor, lan: Lan, draft: Draft, credentials: Credentials
) -> None:
    workstations = service(floor, lan)

    with pytest.raises(errors.FieldInvalid):
        await workstations.add(ANNA, draft, credentials)

    assert (await workstations.list(ANNA)).items == []
    assert lan.poked == []


async def test_a_change_without_credentials_keeps_them(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)

    changed = await workstations.change(
        ANNA, added.id, replace(DRAFT, name="pc-08", tags=("qa",)), None, expected_version=1
    )

    assert (changed.name, changed.tags, changed.version) == ("pc-08", ("qa",), 2)
    assert await credentials_of(floor, added) == SECRET
    assert lan.forgotten == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"host": "evil.lan"},
        {"port": 19999},
        {"tls": False},
        {"login": LoginMethod.BASIC},
        {"username": "farn"},
        {"certificate_sha256": "ab" * 32},
        {"ca_pem": CA},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_stored_credentials_are_sent_nowhere_else(
    floor: Floor, lan: Lan, elsewhere: dict[str, Any]
) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    moved = replace(DRAFT, address=replace(DRAFT.address, **elsewhere))

    with pytest.raises(errors.CredentialsNeeded, match=next(iter(elsewhere))) as refused:
        await workstations.change(ANNA, added.id, moved, None, expected_version=None)
    assert refused.value.field == "password"
    assert (await workstations.get(ANNA, added.id)).address == DRAFT.address

    again = Credentials(password="known")
    changed = await workstations.change(ANNA, added.id, moved, again, expected_version=None)
    assert changed.address == moved.address
    assert await credentials_of(floor, added) == again


async def test_another_host_key_needs_the_credentials_again(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)
    address = Address(
        host="192.0.2.7",
        port=22,
        transport=TransportKind.SSH,
        tls=False,
        login=LoginMethod.PASSWORD,
        username="farm",
        host_key_sha256="SHA256:" + "A" * 43,
    )
    added = await workstations.add(ANNA, replace(DRAFT, address=address), SECRET)
    other = replace(address, host_key_sha256="SHA256:" + "B" * 43)

    with pytest.raises(errors.CredentialsNeeded, match="host_key_sha256"):
        await workstations.change(
            ANNA, added.id, replace(DRAFT, address=other), None, expected_version=None
        )


async def test_a_pc_that_is_the_servers_own_needs_none_and_keeps_none(
    floor: Floor, lan: Lan
) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    here = Address(
        host="localhost",
        port=0,
        transport=TransportKind.LOCAL,
        tls=False,
        login=LoginMethod.NONE,
    )

    await workstations.change(
        ANNA, added.id, replace(DRAFT, address=here), None, expected_version=None
    )

    assert await credentials_of(floor, added) == Credentials()
    with pytest.raises(errors.CredentialsNeeded, match="host"):
        await workstations.change(ANNA, added.id, DRAFT, None, expected_version=None)


async def test_a_change_of_an_old_version_is_refused_whole(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    await workstations.change(ANNA, added.id, DRAFT, None, expected_version=None)

    with pytest.raises(errors.RecordChanged):
        await workstations.change(
            ANNA, added.id, DRAFT, Credentials(password="new"), expected_version=1
        )

    assert await credentials_of(floor, added) == SECRET


async def test_new_credentials_let_a_refused_login_be_tried_once_more(
    floor: Floor, lan: Lan
) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    await turn_to(floor, added, status=WorkstationStatus.AUTH_FAILED, failure="x", misses=1)

    changed = await workstations.change(
        ANNA, added.id, DRAFT, Credentials(password="right"), expected_version=None
    )

    assert changed.status is WorkstationStatus.UNKNOWN
    assert (await workstations.get(ANNA, added.id)).health.failure is None
    assert lan.forgotten == [added.id]
    assert lan.poked == [added.id, added.id]


async def test_another_name_does_not_try_a_refused_login_again(floor: Floor, lan: Lan) -> None:
    """Each try counts towards the account's lock-out."""
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    await turn_to(floor, added, status=WorkstationStatus.AUTH_FAILED)

    changed = await workstations.change(
        ANNA, added.id, replace(DRAFT, name="pc-08"), None, expected_version=None
    )

    assert changed.status is WorkstationStatus.AUTH_FAILED
    assert lan.poked == [added.id]


async def test_a_workstation_with_unfinished_operations_stays(floor: Floor, lan: Lan) -> None:
    await floor.farm()
    await floor.put(an_operation(1))
    workstations = service(floor, lan)

    with pytest.raises(errors.WorkstationInUse) as refused:
        await workstations.remove(ANNA, "ws_0001")

    assert refused.value.operations == 1
    assert (await workstations.get(ANNA, "ws_0001")).name == "farm-0001"


async def test_a_removed_workstation_is_gone(floor: Floor, lan: Lan) -> None:
    await floor.farm()
    workstations = service(floor, lan)

    await workstations.remove(ANNA, "ws_0001")

    with pytest.raises(errors.WorkstationNotFound):
        await workstations.get(ANNA, "ws_0001")
    assert lan.forgotten == ["ws_0001"]


@pytest.mark.parametrize(
    ("breaks_at", "status", "connected", "reached"),
    [
        (None, "online", True, 8),
        (StageName.DNS, "offline", False, 1),
        (StageName.TCP, "offline", False, 2),
        (StageName.TLS, "error", False, 3),
        (StageName.LOGIN, "error", False, 4),
        (StageName.SHELL, "error", False, 5),
        (StageName.LDPLAYER, "error", True, 8),
        (StageName.DESKTOP, "error", True, 8),
    ],
)
async def test_a_connection_test_tells_the_rung_that_broke(
    floor: Floor,
    lan: Lan,
    breaks_at: StageName | None,
    status: str,
    *,
    connected: bool,
    reached: int,
) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    lan.breaks_at = breaks_at

    report = await workstations.test(ANNA, added.id)

    assert (report.workstation_id, report.workstation_name) == (added.id, "pc-07")
    assert (report.status, report.connected) == (status, connected)
    assert report.error_message == (None if breaks_at is None else f"{breaks_at} broke")
    assert report.response_time_ms == 250 * reached
    assert [stage.name for stage in report.stages] == [*WAY, *NEEDS]
    assert sum(stage.ok is not None for stage in report.stages) == reached


async def test_a_pc_lost_during_the_test_is_told_by_its_error(floor: Floor, lan: Lan) -> None:
    lan.lost_before_survey = True

    report = await service(floor, lan).test_draft(ANNA, DRAFT, SECRET)

    assert report.status == "error"
    assert report.stages[5].code == "workstation_unreachable"
    assert report.error_message is not None


async def test_a_draft_is_tested_and_not_kept(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)

    report = await workstations.test_draft(ANNA, DRAFT, SECRET)

    assert (report.workstation_id, report.status) == (None, "online")
    assert lan.tried == [SECRET, SECRET]
    assert len(lan.forgotten) == 1
    assert (await workstations.list(ANNA)).items == []


async def test_a_test_that_gets_in_ends_the_refusal(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    await turn_to(floor, added, status=WorkstationStatus.AUTH_FAILED)

    await workstations.test(ANNA, added.id)

    assert (await workstations.get(ANNA, added.id)).status is WorkstationStatus.UNKNOWN


async def test_a_test_that_is_refused_does_not(floor: Floor, lan: Lan) -> None:
    workstations = service(floor, lan)
    added = await workstations.add(ANNA, DRAFT, SECRET)
    await turn_to(floor, added, status=WorkstationStatus.AUTH_FAILED)
    lan.breaks_at = StageName.LOGIN

    await workstations.test(ANNA, added.id)

    assert (await workstations.get(ANNA, added.id)).status is WorkstationStatus.AUTH_FAILED


@pytest.mark.parametrize(
    ("status", "poked"),
    [(WorkstationStatus.NO_DESKTOP, ["ws_0001"]), (WorkstationStatus.AUTH_FAILED, [])],
)
async def test_a_scan_looks_at_its_facts_unless_it_refuses_us(
    floor: Floor, lan: Lan, status: WorkstationStatus, poked: list[str]
) -> None:
    await floor.farm()
    workstations = service(floor, lan)
    await turn_to(floor, await workstations.get(ANNA, "ws_0001"), status=status)

    await workstations.scan(ANNA, "ws_0001")

    assert lan.poked == poked


async def test_a_scan_is_queued_once(floor: Floor, lan: Lan) -> None:
    await floor.farm()
    workstations = service(floor, lan)

    first = await workstations.scan(ANNA, "ws_0001", idempotency_key="k")
    twin = await workstations.scan(ANNA, "ws_0001")
    again = await workstations.scan(ANNA, "ws_0001", idempotency_key="k")

    assert (first.verb, first.emulator_id) == (Verb.SCAN, None)
    assert first.id == twin.id == again.id
    assert await floor.statuses() == {first.id: OperationStatus.QUEUED}


async def test_what_is_held_back_starts_once_it_is_released(floor: Floor, lan: Lan) -> None:
    await floor.farm()
    await floor.put(an_operation(1))
    floor.bench.let_go.set()
    workstations = service(floor, lan)
    held = await workstations.hold(ANNA, "ws_0001", reason="new disk")

    async def told() -> bool:
        waits = (await floor.operation("op_0001")).waiting_for
        return waits == "farm-0001 is in maintenance: new disk"

    async with floor.engine().running():
        await floor.until(told)
        released = await workstations.release(ANNA, "ws_0001")
        await floor.until_status(an_operation(1), OperationStatus.SUCCEEDED)

    assert (held.status, held.version) == (WorkstationStatus.MAINTENANCE, 2)
    assert (released.maintenance, released.version) == (None, 3)


async def test_maintenance_needs_a_reason(floor: Floor, lan: Lan) -> None:
    await floor.farm()

    with pytest.raises(errors.FieldInvalid):
        await service(floor, lan).hold(ANNA, "ws_0001", reason="  ")
