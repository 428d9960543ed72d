"""The whole: machines, real WinRM endpoints, the control port."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ldfleet.simulator.clock import ManualClock
from ldfleet.simulator.farm import Farm, RunningFarm, machines, run_farm


@dataclass(frozen=True)
class Port:
    """A person with a browser at the control port."""

    client: httpx.AsyncClient
    running: RunningFarm

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def switch(self, name: str, value: object, workstation: str = "pc-01") -> httpx.Response:
        return await self.client.patch(f"/workstations/{workstation}/faults", json={name: value})

    async def act(self, action: str, **arguments: object) -> httpx.Response:
        body = {"action": action, "arguments": arguments}
        return await self.client.post("/workstations/pc-01/actions", json=body)


@pytest.fixture
async def port(tmp_path: Path) -> AsyncGenerator[Port]:
    async with (
        run_farm(
            workstations=2, emulators=3, seed=7, journal_file=tmp_path / "journal.jsonl"
        ) as running,
        httpx.AsyncClient(base_url=running.control_url, trust_env=False) as client,
    ):
        yield Port(client, running)


def a_farm(seed: int) -> Farm:
    return Farm(machines(3, 12, seed=seed, generations=(9, 14)), clock=ManualClock())


def passwords(farm: Farm) -> list[object]:
    return [one["password"] for one in farm.inventory()]


def test_farms_of_one_seed_are_equal() -> None:
    first, second, other = a_farm(1), a_farm(1), a_farm(2)

    assert first.describe() == second.describe()
    assert passwords(first) == passwords(second)
    assert passwords(first) != passwords(other)
    for name, workstation in first.workstations.items():
        twin = second.workstations[name].machine
        for class_name in ("Win32_Processor", "Win32_LogicalDisk", "Win32_Process"):
            assert workstation.machine.query("root/cimv2", class_name) == twin.query(
                "root/cimv2", class_name
            )


async def test_workstations_are_listed_with_their_ports(port: Port) -> None:
    listed = await port.get("/workstations")
    inventory = port.running.farm.inventory()

    assert [one["name"] for one in listed] == ["pc-01", "pc-02"]
    assert [one["https_port"] for one in listed] == [one["port"] for one in inventory]
    assert set(inventory[0]) == {
        "name", "host", "port", "tls", "username", "password", "certificate_sha256",
        "ssh_port", "host_key_sha256", "adb_port",
    }  # fmt: skip


async def test_a_workstation_tells_its_state(port: Port) -> None:
    one = await port.get("/workstations/PC-01")

    assert [emulator["name"] for emulator in one["installs"][0]["emulators"]] == [
        "LDPlayer",
        "farm-01",
        "farm-02",
    ]
    assert one["faults"]["wedged_service"] is False
    assert one["faults"]["unreachable"] is False


async def test_faults_of_machine_and_network_share_one_door(port: Port) -> None:
    machine = await port.switch("wedged_service", value=True)
    network = await port.switch("delay_s", 1)
    index = await port.switch("hang_boot", 2)

    assert [one.status_code for one in (machine, network, index)] == [200, 200, 200]
    faults = (await port.get("/workstations/pc-01"))["faults"]
    assert (faults["wedged_service"], faults["delay_s"], faults["hang_boot"]) == (True, 1.0, 2)
    other = (await port.get("/workstations/pc-02"))["faults"]
    assert other["wedged_service"] is False


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("wedged", True, "There is no fault 'wedged' on pc-01."),
        ("wedged_service", 1, "'wedged_service' takes bool, not 1."),
        ("boot_s", "long", "'boot_s' takes float, not 'long'."),
        ("full_disk", None, "'full_disk' takes bool, not None."),
        ("cut", "somewhere", "cut is one of before_command, after_command, mid_receive, or empty"),
    ],
)
async def test_a_switch_that_does_not_fit_is_told_so(
    port: Port, name: str, value: object, sentence: str
) -> None:
    answer = await port.switch(name, value)

    assert answer.status_code == 422
    assert answer.json() == {"error": sentence}


async def test_what_is_not_there_is_told_in_a_sentence(port: Port) -> None:
    unknown = await port.switch("adb_off", value=True, workstation="pc-99")
    nowhere = await port.client.get("/nowhere")
    action = await port.act("dance")
    after = await port.client.get("/journal", params={"after": "x"})
    body = await port.client.patch("/workstations/pc-01/faults", content=b"[" * 100_000)

    assert (unknown.status_code, unknown.json()["error"]) == (
        404,
        "There is no workstation 'pc-99'.",
    )
    assert nowhere.status_code == 404
    assert action.status_code == 422 and "log_off" in action.json()["error"]
    assert after.status_code == 422
    assert body.status_code == 400


async def test_what_is_done_by_hand_is_in_the_journal(port: Port, tmp_path: Path) -> None:
    done = await port.act("by_hand", argv=["rename", "--index", "1", "--title", "mine"])

    entries = await port.get("/journal?workstation=pc-01")
    renamed = [one for one in entries if one["kind"] == "ldconsole"]
    assert done.status_code == 200
    assert [(one["effect"], one["index"], one["session"]) for one in renamed] == [("renamed", 1, 1)]
    assert renamed[0]["argv"][1:] == ["rename", "--index", "1", "--title", "mine"]
    assert await port.get(f"/journal?after={entries[-1]['number']}") == []
    lines = (tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["number"] for line in lines] == list(range(1, len(lines) + 1))


async def test_what_is_switched_is_in_the_journal_and_refused_switches_are_not(port: Port) -> None:
    before, clock = (await port.get("/clock"))["now"], await port.get("/clock")
    await port.switch("wedged_service", value=True)
    await port.switch("wedged_service", 1)
    await port.switch("cut", "mid_receive", "pc-02")

    switched = [one for one in await port.get("/journal") if one["kind"] == "fault"]
    assert [(one["workstation"], *one["argv"]) for one in switched] == [
        ("pc-01", "wedged_service", "true"),
        ("pc-02", "cut", '"mid_receive"'),
    ]
    assert switched[0]["at"] >= before - 0.001
    assert clock["scale"] == 1.0


async def test_a_workstation_tells_the_settings_of_its_emulators(port: Port) -> None:
    await port.act("by_hand", argv=["modify", "--index", "1", "--pnumber", "5551234"])
    await port.get("/journal")

    (install,) = (await port.get("/workstations/pc-01"))["installs"]
    numbers = [one["settings"].get("propertySettings.phoneNumber") for one in install["emulators"]]
    assert numbers.count("5551234") == 1


async def test_a_file_is_laid_where_there_is_a_drive(port: Port) -> None:
    async def free() -> int:
        return int((await port.get("/workstations/pc-01"))["drives"]["D"]["free"])

    before = await free()
    laid = await port.act("put_file", path="D:\\apps\\com.example.game-1.2.apk", size=5000)
    nowhere = await port.act("put_file", path="Q:\\one.apk")

    assert laid.status_code == 200
    assert before - await free() == 5000
    assert (nowhere.status_code, "Q:" in nowhere.json()["error"]) == (409, True)


async def test_an_action_may_be_refused(port: Port) -> None:
    await port.act("log_off")
    nobody = await port.act("by_hand", argv=["list2"])
    wrong = await port.act("by_hand", words=["list2"])
    network = await port.act("vanish_shells")

    assert (nobody.status_code, nobody.json()["error"]) == (409, "Nobody is logged on to pc-01.")
    assert wrong.status_code == 422
    assert network.status_code == 200
    assert (await port.get("/workstations/pc-01"))["session"] is None
