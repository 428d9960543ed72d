"""What the contract tests of storage share: constants, a look at the queue, simple policies."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from ldfleet.domain.emulator import (
    Adb,
    Android,
    Observation,
    Power,
)
from ldfleet.domain.facts import DesktopSession, Disk, Install, PlayerProcess, SystemFacts
from ldfleet.domain.ids import OperationId, WorkstationId
from ldfleet.domain.operation import (
    Operation,
)
from ldfleet.domain.workstation import (
    Health,
    WorkstationStatus,
)
from ldfleet.ports import Page, Queue, Verdict
from ldfleet.storage.database import Database
from support.stores import START, an_operation

WS, OP = WorkstationId("ws_0001"), OperationId("op_0001")
LEASE = timedelta(seconds=30)
PASSWORD = "correct horse battery staple"


async def every_page(read: Callable[[str | None], Any]) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page: Page[Any] = await read(cursor)
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def health(status: WorkstationStatus, **changes: Any) -> Health:
    return Health(status=status, seen_at=START, changed_at=START, **changes)


FACTS = SystemFacts(
    computer_name="ФЕРМА-1",
    windows="Windows 11 Pro",
    build="22631",
    booted_at=START - timedelta(days=3, microseconds=7),
    cpu="AMD Ryzen 9",
    cpu_cores=16,
    cpu_load=None,
    memory=64 << 30,
    memory_free=5 << 30,
    disks=(Disk(letter="C", size=2 << 40, free=1 << 39),),
    gpus=("RTX 4070", "雷电"),
    desktop=DesktopSession(session_id=1, user=r"FARM\anna"),
    players=(PlayerProcess(pid=4242, session_id=1, path=None),),
)
INSTALL = Install(path=r"D:\LDPlayer", generation=9, version="9.1.2", data_path=r"D:\vms")


def running(**changes: Any) -> Observation:
    fields: dict[str, Any] = {
        "at": START,
        "power": Power.RUNNING,
        "android": Android.READY,
        "adb": Adb.READY,
        "player_pid": 2**32 - 1,
        "vm_pid": 17,
        "since": START - timedelta(hours=1),
    }
    return Observation(**{**fields, **changes})


def start_all(queue: Queue) -> Verdict:
    """Everything, each in the next free boot slot of its workstation."""
    taken = {lane: set(slots) for lane, slots in queue.slots.items()}
    admitted: dict[OperationId, Mapping[str, int]] = {}
    for candidate in queue.candidates:
        lane = f"{candidate.operation.workstation_id}/boot"
        used = taken.setdefault(lane, set())
        slot = next(n for n in range(1000) if n not in used)
        used.add(slot)
        admitted[candidate.operation.id] = {lane: slot}
    return Verdict(admitted=admitted)


def start_two_a_workstation(queue: Queue) -> Verdict:
    verdict = start_all(queue)
    return Verdict(
        admitted={
            operation_id: slots
            for operation_id, slots in verdict.admitted.items()
            if max(slots.values()) < 2
        }
    )


async def the_queue(database: Database) -> Queue:
    seen: list[Queue] = []

    def look(queue: Queue) -> Verdict:
        seen.append(queue)
        return Verdict()

    await database.admission.admit(look, owner="nobody", lease=LEASE)
    return seen[0]


async def start_one(database: Database) -> Operation:
    async with database() as work:
        await work.operations.add(an_operation())
    (held,) = await database.admission.admit(start_all, owner="me", lease=LEASE)
    return held


async def add(database: Database, *operations: Operation) -> None:
    async with database() as work:
        for operation in operations:
            await work.operations.add(operation)
