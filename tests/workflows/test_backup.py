import asyncio
import json

import pytest

from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.engine.runner import Run, Stop
from ldfleet.engine.scribe import Scribe
from ldfleet.workflows.lock import LOCK_FILE
from support.cutting import run_until_cut
from support.fastfleet import Fleet

VMS = "C:\\LDPlayer\\LDPlayer9\\vms"
FILE = "D:\\Backups\\farm.ldbk"


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def given(fleet: Fleet, verb: str) -> list[str]:
    return [each.effect for each in fleet.commands(verb)]


def config_of(fleet: Fleet, index: int) -> dict[str, object]:
    content = fleet.pc().machine.host.files.read(f"{VMS}\\config\\leidian{index}.config")
    return dict(json.loads(content))


async def until_begun(fleet: Fleet, operation: Operation) -> None:
    async with asyncio.timeout(20):
        while not any(  # noqa: ASYNC110 - the database tells nobody of a step
            step.name == "backup" for step in await fleet.steps(operation)
        ):
            await asyncio.sleep(0.02)


async def a_backup(fleet: Fleet) -> Operation:
    return await fleet.do(Verb.BACKUP, 1, params={"file": FILE})


async def test_a_backed_up_emulator_has_a_file_and_its_settings_beside_it(fleet: Fleet) -> None:
    operation = await a_backup(fleet)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None and operation.result["size"] > 1 << 30
    files = fleet.pc().machine.host.files
    assert files.exists(FILE)
    kept = files.read("D:\\Backups\\farm.config")
    assert kept == files.read(f"{VMS}\\config\\leidian1.config")
    assert operation.result["config"] == "D:\\Backups\\farm.config"
    assert given(fleet, "backup") == ["backed up"]


async def test_without_a_name_the_file_lies_beside_the_emulators(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.BACKUP, 1)

    assert operation.result is not None
    file = operation.result["file"]
    assert file == f"{VMS}\\LDFleetBackups\\farm-01-{operation.id}.ldbk"
    assert fleet.pc().machine.host.files.exists(file)


async def test_a_file_that_is_there_is_not_written_over(fleet: Fleet) -> None:
    await a_backup(fleet)

    second = await a_backup(fleet)

    assert code_of(second) == "backup_file_taken"
    assert len(given(fleet, "backup")) == 1


@pytest.mark.parametrize("neighbour", ["D:\\Backups\\farm.config", "D:\\Backups\\farm.sha256"])
async def test_a_file_of_somebody_else_beside_it_is_left_alone(
    fleet: Fleet, neighbour: str
) -> None:
    """Once it was written over, and removed when the backup failed."""
    files = fleet.pc().machine.host.files
    files.write(neighbour, b"theirs")
    fleet.switch(backup_ignored=True)

    operation = await a_backup(fleet)

    assert code_of(operation) == "backup_file_taken"
    assert operation.failure is not None and operation.failure["path"] == neighbour
    assert files.read(neighbour) == b"theirs"
    assert given(fleet, "backup") == []


async def test_a_running_emulator_is_not_backed_up(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await a_backup(fleet)

    assert code_of(operation) == "emulator_wrong_state"
    assert given(fleet, "backup") == []


async def test_an_emulator_that_just_stopped_is_backed_up_once_its_disks_are_free(
    fleet: Fleet,
) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    await fleet.do(Verb.QUIT, 1)

    operation = await a_backup(fleet)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert given(fleet, "backup") == ["backed up"]


async def test_without_room_nothing_is_begun(fleet: Fleet) -> None:
    fleet.switch(free_bytes_d=1 << 30)

    operation = await a_backup(fleet)

    assert code_of(operation) == "not_enough_disk"
    assert given(fleet, "backup") == []


async def test_a_drive_that_is_not_there_is_named(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.BACKUP, 1, params={"file": "Q:\\farm.ldbk"})

    assert operation.failure is not None
    assert (operation.failure["code"], "Q:" in operation.failure["reason"]) == (
        "backup_failed",
        True,
    )


async def test_a_backup_that_wrote_nothing_has_failed(fleet: Fleet) -> None:
    fleet.switch(backup_ignored=True)

    operation = await a_backup(fleet)

    assert code_of(operation) == "backup_failed"
    assert len(given(fleet, "backup")) == 1


async def test_a_disk_that_fills_up_meanwhile_fails_the_backup(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.BACKUP, 1, params={"file": FILE})
    await run_until_cut(fleet, operation, 7)
    fleet.switch(free_bytes_d=1000)

    ended = await fleet.run(await fleet.again(operation))

    assert code_of(ended) == "backup_failed"
    files = fleet.pc().machine.host.files
    assert not files.exists(FILE) and not files.exists("D:\\Backups\\farm.config")


@pytest.mark.parametrize("cut_at", range(1, 11))
async def test_a_backup_cut_off_at_any_step_is_written_once(fleet: Fleet, cut_at: int) -> None:
    operation = await fleet.queue(Verb.BACKUP, 1, params={"file": FILE})
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert given(fleet, "backup") == ["backed up"]
    if ended.status is OperationStatus.FAILED:
        # Cut off after the command and before its answer: a torn file looks just the same.
        assert ended.failure is not None and "interrupted" in ended.failure["reason"]
        assert not fleet.pc().machine.host.files.exists(FILE)
    else:
        assert ended.status is OperationStatus.SUCCEEDED, ended.failure


async def test_a_restored_emulator_keeps_its_settings(fleet: Fleet) -> None:
    before = config_of(fleet, 1)
    await a_backup(fleet)

    operation = await fleet.do(Verb.RESTORE, 1, params={"file": FILE})

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    after = config_of(fleet, 1)
    kept = [key for key in before if key.startswith(("propertySettings", "advancedSettings"))]
    assert {key: after.get(key) for key in kept} == {
        key: before[key] for key in kept if before[key] != "" or key in after
    } | {key: after.get(key) for key in kept if before[key] == ""}
    assert after["basicSettings.adbDebug"] == before["basicSettings.adbDebug"]
    assert after["statusSettings.playerName"] == "farm-01"
    assert given(fleet, "restore") == ["restored"]


async def test_a_restored_emulator_is_the_same_to_the_next_scan(fleet: Fleet) -> None:
    known = await fleet.emulator(1)
    await a_backup(fleet)

    await fleet.do(Verb.RESTORE, 1, params={"file": FILE})
    await fleet.scan(thorough=True)

    assert (await fleet.emulator(1)).id == known.id
    assert (await fleet.do(Verb.LAUNCH, 1)).status is OperationStatus.SUCCEEDED


async def test_a_scan_in_the_middle_of_a_restore_takes_it_for_the_same(fleet: Fleet) -> None:
    known = await fleet.emulator(1)
    await a_backup(fleet)
    operation = await fleet.queue(Verb.RESTORE, 1, params={"file": FILE})
    await run_until_cut(fleet, operation, 6)  # its device ids are the backup's now
    await fleet.scan(thorough=True)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert (await fleet.emulator(1)).id == known.id


async def test_a_backup_that_is_not_there_is_not_restored(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.RESTORE, 1, params={"file": FILE})

    assert code_of(operation) == "file_missing"
    assert given(fleet, "restore") == []


async def test_a_running_emulator_is_not_restored(fleet: Fleet) -> None:
    await a_backup(fleet)
    await fleet.do(Verb.LAUNCH, 1)

    operation = await fleet.do(Verb.RESTORE, 1, params={"file": FILE})

    assert code_of(operation) == "emulator_wrong_state"
    assert given(fleet, "restore") == []


async def test_a_restore_that_changed_nothing_has_failed(fleet: Fleet) -> None:
    await a_backup(fleet)
    fleet.switch(backup_ignored=True)

    operation = await fleet.do(Verb.RESTORE, 1, params={"file": FILE})

    assert code_of(operation) == "restore_failed"


@pytest.mark.parametrize("cut_at", range(1, 9))
async def test_a_restore_cut_off_at_any_step_is_done_once(fleet: Fleet, cut_at: int) -> None:
    before = config_of(fleet, 1)
    await a_backup(fleet)
    operation = await fleet.queue(Verb.RESTORE, 1, params={"file": FILE})
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert given(fleet, "restore") == ["restored"]
    key = "propertySettings.phoneAndroidId"
    assert config_of(fleet, 1)[key] == before[key]


@pytest.mark.parametrize("where", ["mid_receive", "after_command"])
async def test_a_link_cut_in_mid_command_makes_no_second_backup(fleet: Fleet, where: str) -> None:
    operation = await fleet.queue(Verb.BACKUP, 1, params={"file": FILE})

    async with asyncio.TaskGroup() as group:
        running = group.create_task(fleet.run(operation))
        await until_begun(fleet, operation)
        fleet.pc().actions()["cut_next"](where)

    ended = running.result()
    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert given(fleet, "backup").count("backed up") == 1


async def test_a_backup_holds_the_disks_of_the_workstation(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.BACKUP, 1, params={"file": FILE})
    files = fleet.pc().machine.host.files

    async with asyncio.TaskGroup() as group:
        group.create_task(fleet.run(operation))
        await until_begun(fleet, operation)
        held = json.loads(files.read(LOCK_FILE))

    assert held["operation"] == operation.id
    assert not files.exists(LOCK_FILE)


async def test_a_backup_is_known_by_its_checksum(fleet: Fleet) -> None:
    operation = await a_backup(fleet)

    assert operation.result is not None
    sha256 = operation.result["sha256"]
    assert len(sha256) == 64
    kept = fleet.pc().machine.host.files.read("D:\\Backups\\farm.sha256")
    assert kept.decode() == f"{sha256} *farm.ldbk\n"


async def test_a_backup_that_was_damaged_is_not_restored(fleet: Fleet) -> None:
    made = await a_backup(fleet)
    assert made.result is not None
    fleet.pc().machine.host.files.write(FILE, b"", size=made.result["size"])

    operation = await fleet.do(Verb.RESTORE, 1, params={"file": FILE})

    assert code_of(operation) == "restore_failed"
    assert operation.failure is not None and "farm.sha256" in operation.failure["reason"]
    assert given(fleet, "restore") == []


async def test_a_backup_made_by_hand_is_restored_without_a_checksum(fleet: Fleet) -> None:
    await a_backup(fleet)
    fleet.pc().machine.host.files.remove("D:\\Backups\\farm.sha256")

    operation = await fleet.do(Verb.RESTORE, 1, params={"file": FILE})

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure


@pytest.mark.parametrize(
    ("why", "there"), [(Stop.CANCELLED, []), (Stop.TIMED_OUT, []), (Stop.RELEASED, [FILE])]
)
async def test_a_backup_that_is_stopped_for_good_leaves_no_part_of_it(
    slow_fleet: Fleet, why: Stop, there: list[str]
) -> None:
    files = slow_fleet.pc().machine.host.files
    operation = await slow_fleet.queue(Verb.BACKUP, 1, params={"file": FILE})
    run = Run(
        operation,
        scribe=Scribe(slow_fleet.database, slow_fleet.clock),
        clock=slow_fleet.clock,
        works=slow_fleet.works,
    )

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(run())
        await files.when_there(FILE)
        run.stop(why)

    assert given(slow_fleet, "backup") == ["terminated (backing up)"]
    assert [path for path in (FILE, "D:\\Backups\\farm.sha256") if files.exists(path)] == there
    assert files.exists("D:\\Backups\\farm.config") is bool(there)
