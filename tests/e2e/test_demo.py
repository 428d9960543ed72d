"""The README's first five minutes, with the programs as a user runs them."""

import json
import stat

from support.demo import Demo
from support.programs import ldfleet


def test_the_ready_file_is_for_its_owner_only(demo: Demo) -> None:
    assert stat.S_IMODE(demo.ready_file.stat().st_mode) == 0o600


def test_every_emulator_of_the_farm_is_listed(demo: Demo) -> None:
    listed = demo.emulators()

    assert len(listed) == 12
    assert len({item["workstation_id"] for item in listed}) == 3
    assert {"id", "name", "status", "workstation_id"} <= listed[0].keys()


def test_a_launch_ends_when_the_emulator_was_seen_ready(demo: Demo) -> None:
    target = next(item for item in demo.emulators() if item["status"] == "stopped")

    done = demo.cli("emulators", "launch", target["id"])

    assert done.returncode == 0, done.stderr
    after = {item["id"]: item for item in demo.emulators()}[target["id"]]
    assert after["status"] == "ready"
    assert after["adb"] == "ready"


def test_a_launched_emulator_can_be_quit(demo: Demo) -> None:
    target = next(item for item in demo.emulators() if item["status"] == "stopped")
    assert demo.cli("emulators", "launch", target["id"]).returncode == 0

    done = demo.cli("emulators", "quit", target["id"])

    assert done.returncode == 0, done.stderr
    after = {item["id"]: item for item in demo.emulators()}[target["id"]]
    assert after["status"] == "stopped"


def test_without_a_desktop_session_a_launch_says_what_to_do(demo: Demo) -> None:
    workstation = json.loads(demo.cli("workstations", "list", "-o", "json").stdout)["items"][2]
    mine = [e for e in demo.emulators() if e["workstation_id"] == workstation["id"]]
    demo.fault(workstation["name"], {"no_desktop_session": True})
    try:
        done = demo.cli("emulators", "launch", mine[0]["id"])
    finally:
        demo.fault(workstation["name"], {"no_desktop_session": False})

    assert done.returncode in {1, 6}
    assert "Nobody is logged on" in done.stderr
    assert "auto-logon" in done.stderr


def test_nonsense_is_answered_with_a_sentence(demo: Demo) -> None:
    done = demo.cli("emulators", "launch", "em_nonsense")

    assert done.returncode == 5
    assert "There is no emulator em_nonsense." in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_token_nothing_is_shown(demo: Demo) -> None:
    done = ldfleet("emulators", "list", environment={"LDFLEET_URL": demo.url, "LDFLEET_TOKEN": "x"})

    assert done.returncode == 3
    assert done.stdout == ""
