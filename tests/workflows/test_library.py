"""Apps of the library, installed in emulators: each simulated PC really fetches the file."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI

from contracts.stands import SimulatedPrograms
from ldfleet import errors
from ldfleet.api import apps, problems
from ldfleet.domain.app import LibraryApp
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Address, LoginMethod, TransportKind
from ldfleet.simulator.farm import ACCOUNT
from ldfleet.simulator.ldplayer.guest import Guest
from ldfleet.transports.local.connector import LocalConnector
from ldfleet.transports.ssh.connector import SSHConnector
from ldfleet.transports.ssh.tuning import Tuning as SSHTuning
from ldfleet.workflows.delivery import CACHE, CACHE_LIMIT, INDEX
from support.apps import apk, archive, split_set, xapk
from support.cutting import run_until_cut
from support.edges import listening
from support.fastfleet import Fleet

GAME = "com.example.game"
OBB = "/sdcard/Android/obb/com.example.game/main.7.com.example.game.obb"


@pytest.fixture
async def served(fleet: Fleet) -> AsyncGenerator[Fleet]:
    """With a server for its PCs, and its second and third emulator up."""
    app = FastAPI(openapi_url=None)
    app.include_router(apps.transfers, prefix="/api")
    problems.install(app)
    app.state.services = SimpleNamespace(transfers=fleet.transfers)
    async with listening(app) as url:
        fleet.server_url = url
        for index in (1, 2):
            assert (await fleet.do(Verb.LAUNCH, index)).status is OperationStatus.SUCCEEDED
        yield fleet


async def install(fleet: Fleet, app: LibraryApp, index: int = 1) -> Operation:
    return await fleet.do(Verb.INSTALL, index, params={"app": app.id}, timeout=1700.0)


def guest_of(fleet: Fleet, index: int = 1) -> Guest:
    return fleet.pc().machine.installs[0].instances[index].guest


def fetches(fleet: Fleet) -> int:
    return sum(
        1
        for each in fleet.farm.journal.after()
        if each.effect == "started" and each.argv and each.argv[0].lower().endswith("curl.exe")
    )


def cached(fleet: Fleet) -> list[str]:
    names = fleet.pc().machine.host.files.names(CACHE)
    return [name for name in names if name not in {"index.json", "lock.json"}]


def failure_of(operation: Operation) -> dict[str, Any]:
    assert operation.failure is not None, operation.result
    return dict(operation.failure)


async def test_the_pc_fetches_it_and_the_version_that_came_is_seen(served: Fleet) -> None:
    app = await served.stock(apk())

    operation = await install(served, app)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result == {
        "package": GAME,
        "already_installed": False,
        "app": app.id,
        "version_code": 7,
        "version_name": "1.2.0",
        "observed": True,
    }
    assert guest_of(served).apps == {GAME: "1.2.0"}
    [file] = cached(served)
    assert served.pc().machine.host.files.read(f"{CACHE}\\{file}") == apk()


async def test_two_emulators_of_a_pc_that_want_it_at_once_have_it_fetched_once(
    served: Fleet,
) -> None:
    app = await served.stock(apk())

    both = await asyncio.gather(install(served, app, 1), install(served, app, 2))

    assert [each.status for each in both] == [OperationStatus.SUCCEEDED] * 2
    assert guest_of(served, 1).apps == guest_of(served, 2).apps == {GAME: "1.2.0"}
    assert fetches(served) == 1


async def test_a_newer_version_takes_the_place_and_an_older_one_is_refused(
    served: Fleet,
) -> None:
    old, new = await served.stock(apk("game-7")), await served.stock(apk("game-8"))
    await install(served, old)

    updated = await install(served, new)
    back = await install(served, old)

    assert updated.result is not None and updated.result["already_installed"] is True
    assert failure_of(back)["reason"] == "INSTALL_FAILED_VERSION_DOWNGRADE"
    assert guest_of(served).apps == {GAME: "1.3.0"}


async def test_a_split_set_is_unpacked_and_installed_as_one(served: Fleet) -> None:
    operation = await install(served, await served.stock(split_set()))

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert guest_of(served).apps == {GAME: "1.2.0"}
    [command] = served.commands("adb")[-3:-2]
    assert "install-multiple -r" in " ".join(command.argv)


async def test_an_xapk_brings_its_data_files(served: Fleet) -> None:
    operation = await install(served, await served.stock(xapk()))

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert guest_of(served).apps == {GAME: "1.2.0"}
    assert guest_of(served).files[OBB] == b"a world " * 100


async def test_what_arrives_torn_is_not_installed_and_not_kept(served: Fleet) -> None:
    app = await served.stock(apk())
    served.switch(downloads_torn=True)

    operation = await install(served, app)
    served.switch(downloads_torn=False)
    again = await install(served, app)

    failure = failure_of(operation)
    assert failure["code"] == "app_transfer_failed"
    assert f"{len(apk()) // 2} bytes with another checksum" in failure["reason"]
    assert again.status is OperationStatus.SUCCEEDED, again.failure
    assert len(cached(served)) == 1


async def test_a_pc_that_can_not_reach_the_server_says_where_it_tried(served: Fleet) -> None:
    served.switch(downloads_blocked=True)

    operation = await install(served, await served.stock(apk()))

    failure = failure_of(operation)
    assert failure["code"] == "app_transfer_failed"
    assert failure["url"].startswith(f"{served.server_url}/api/transfers/ap_")
    assert "Failed to connect" in failure["reason"]
    assert cached(served) == []


async def test_a_file_that_is_gone_from_the_server_is_an_error_of_the_fetch(served: Fleet) -> None:
    app = await served.stock(apk())
    await served.files.remove(app)

    failure = failure_of(await install(served, app))

    assert (failure["code"], "404" in failure["reason"]) == ("app_transfer_failed", True)


async def test_without_an_address_for_the_pcs_it_is_said_what_to_set(fleet: Fleet) -> None:
    assert (await fleet.do(Verb.LAUNCH, 1)).status is OperationStatus.SUCCEEDED

    failure = failure_of(await install(fleet, await fleet.stock(apk())))

    assert failure == {"code": "public_url_needed", "workstation": "pc-01"}


async def test_the_token_is_in_no_command_line_step_or_log(served: Fleet) -> None:
    operation = await install(served, await served.stock(apk()))

    async with served.database() as work:
        lines = await work.operations.log_of(operation.id)
    steps = await served.steps(operation)
    told = f"{served.farm.journal.after()} {lines} {steps} {operation}"
    assert fetches(served) == 1
    assert "ldt_" not in told and "Bearer" not in told


async def test_a_full_disk_is_told_before_anything_is_fetched(served: Fleet) -> None:
    app = await served.stock(apk())
    served.switch(free_bytes_c=500 << 20)

    failure = failure_of(await install(served, app))

    assert (failure["code"], failure["drive"]) == ("not_enough_disk", "C")
    assert fetches(served) == 0


async def test_a_file_that_was_changed_there_is_fetched_anew(served: Fleet) -> None:
    app = await served.stock(apk())
    await install(served, app)
    [file] = cached(served)
    served.pc().machine.host.files.write(f"{CACHE}\\{file}", b"something else")

    operation = await install(served, app, 2)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert (fetches(served), guest_of(served, 2).apps) == (2, {GAME: "1.2.0"})


async def test_what_was_used_least_lately_makes_room(served: Fleet) -> None:
    files = served.pc().machine.host.files
    kept = {"sha256": "ab", "size": CACHE_LIMIT - 1000, "modified": 1.0, "used": 0.0}
    files.write(f"{CACHE}\\old.apk", b"", size=1000)
    files.write(INDEX, json.dumps([{**kept, "name": "old.apk"}]).encode())

    operation = await install(served, await served.stock(apk()))

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert [name for name in cached(served) if name.startswith("old")] == []
    assert [each["name"] for each in json.loads(files.read(INDEX))] == cached(served)


async def test_a_damaged_index_is_made_anew(served: Fleet) -> None:
    served.pc().machine.host.files.write(INDEX, b"\x00 no JSON")

    operation = await install(served, await served.stock(apk()))

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure


@pytest.mark.parametrize("cut_at", range(1, 11))
async def test_cut_off_at_any_step_it_is_installed_once(served: Fleet, cut_at: int) -> None:
    app = await served.stock(apk())
    params = {"app": app.id}
    operation = await served.queue(Verb.INSTALL, 1, params=params, timeout=1700.0)
    await run_until_cut(served, operation, cut_at)

    ended = await served.run(await served.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert [each.effect for each in served.commands("installapp")] == ["installed"]
    assert fetches(served) == 1


async def test_an_app_that_is_too_new_for_the_android_is_refused_in_its_words(
    served: Fleet,
) -> None:
    guest_of(served).props["ro.build.version.sdk"] = "19"

    failure = failure_of(await install(served, await served.stock(apk())))

    assert failure["reason"] == "INSTALL_FAILED_OLDER_SDK"


async def test_a_new_emulator_gets_what_its_description_names(served: Fleet) -> None:
    app = await served.stock(apk("other-1"))

    made = await served.do(Verb.CREATE, params={"apps": [{"app": app.id}]}, timeout=3600.0)

    assert made.status is OperationStatus.SUCCEEDED, made.failure
    assert made.result is not None
    assert [each["package"] for each in made.result["apps"]] == ["com.example.other"]


@pytest.mark.parametrize(("no_sftp", "fetched"), [(False, 0), (True, 1)])
async def test_over_ssh_it_is_sent_or_fetched_where_there_is_no_sftp(
    served: Fleet, fetched: int, *, no_sftp: bool
) -> None:
    pc = served.pc()
    served.switch(ssh_no_sftp=no_sftp)
    if not no_sftp:
        served.server_url = ""  # the PC need not be able to reach the server
    ssh = SSHConnector(
        clock=served.clock, new_id=served.new_id, tuning=SSHTuning(connect=5.0, cleanup=5.0)
    )
    address = Address(
        host="127.0.0.1",
        port=pc.ssh.port,
        transport=TransportKind.SSH,
        tls=False,
        login=LoginMethod.PASSWORD,
        username=ACCOUNT,
        host_key_sha256=pc.ssh.host_key_sha256,
    )
    await moved(served, address)
    before, served.connector = served.connector, ssh

    operation = await install(served, await served.stock(xapk()))
    served.connector = before
    await ssh.aclose()

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert (fetches(served), guest_of(served).files[OBB][:8]) == (fetched, b"a world ")


async def test_on_the_servers_own_pc_the_librarys_file_is_taken_as_it_lies(served: Fleet) -> None:
    app = await served.stock(apk())
    place = str(served.files.path_of(app))
    # The simulated PC has drives of Windows; this process has none.
    served.files = OnDriveC()  # type: ignore[assignment]  # only its place is asked for
    served.pc().machine.host.files.write(f"C:{place}", apk())
    local = LocalConnector(
        SimulatedPrograms(served.pc().machine), clock=served.clock, new_id=served.new_id
    )
    OnDriveC.place = f"C:{place}".replace("/", "\\")
    here = Address(
        host="localhost",
        port=0,
        transport=TransportKind.LOCAL,
        tls=False,
        login=LoginMethod.NONE,
    )
    await moved(served, here)
    before, served.connector = served.connector, local

    operation = await install(served, app)
    served.connector = before
    await local.aclose()

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert (fetches(served), guest_of(served).apps) == (0, {GAME: "1.2.0"})


class OnDriveC:
    """Where the library's files would be on Windows."""

    place = ""

    def path_of(self, _app: LibraryApp) -> str:
        return self.place


async def moved(fleet: Fleet, address: Address) -> None:
    workstation = await fleet.workstation()
    async with fleet.database() as work:
        changed = replace(workstation, address=address)
        await work.workstations.change(changed, expected_version=workstation.version)


async def test_a_set_of_too_many_splits_is_refused_at_its_upload(fleet: Fleet) -> None:
    many = {f"split{number}": "game-7-de" for number in range(70)}
    with pytest.raises(errors.AppRefused, match="more than 60 APKs"):
        await fleet.stock(archive(base="game-7", **many))


async def places_of(fleet: Fleet) -> list[tuple[int, int | None, str | None]]:
    """Emulator's index, version code, app of the library."""
    indexes = {each.id: each.index for each in await fleet.emulators()}
    async with fleet.database() as work:
        page = await work.installations.list(GAME, scope=None)
    found = [each.installation for each in page.items]
    return sorted((indexes[each.emulator_id], each.version_code, each.app_id) for each in found)


async def test_which_version_is_where_is_written_as_it_was_seen(served: Fleet) -> None:
    old, new = await served.stock(apk("game-7")), await served.stock(apk("game-8"))
    for index, app in ((1, old), (2, old), (2, new)):
        await install(served, app, index)
    both = await places_of(served)
    served.switch(apk_refused="INSTALL_FAILED_INSUFFICIENT_STORAGE")
    await install(served, new, 1)
    refused = await places_of(served)
    gone = await served.do(Verb.UNINSTALL, 2, params={"package": GAME})

    assert both == refused == [(1, 7, old.id), (2, 8, new.id)]
    assert gone.status is OperationStatus.SUCCEEDED, gone.failure
    assert await places_of(served) == [(1, 7, old.id)]


async def test_what_came_from_elsewhere_is_written_too(served: Fleet) -> None:
    served.pc().machine.host.files.write("C:\\game.apk", apk("game-8"))

    await served.do(Verb.INSTALL, 1, params={"file": "C:\\game.apk"})

    assert await places_of(served) == [(1, 8, None)]
