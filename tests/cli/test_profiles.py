"""`ldfleet profiles …` and `ldfleet schedules …`."""

import json
from pathlib import Path
from typing import Any

from support.commandline import CommandLine
from support.edges import Edge


def parsed(text: str) -> Any:
    return json.loads(text)


async def test_a_profile_is_made_exported_and_imported(cli: CommandLine, tmp_path: Path) -> None:
    made = await cli(
        *("profiles", "add", "phone", "--cpu", "2", "--screen", "720x1280x320", "--no-root"),
        *("--new-id", "imei", "--new-id", "mac", "--app", "com.example.app", "--tag", "qa"),
    )
    exported = await cli("profiles", "export", "phone")
    file = tmp_path / "phone.json"
    file.write_text(exported.stdout)
    imported = await cli("profiles", "import", str(file), "--name", "copy", "-o", "json")

    assert made.exit_code == exported.exit_code == imported.exit_code == 0, made.stderr
    assert "screen 720x1280x320" in made.stdout and "imei, mac" in made.stdout
    copy = parsed(imported.stdout)
    assert (copy["name"], copy["settings"]["cpu"], copy["settings"]["root"]) == ("copy", 2, False)
    assert copy["apps"] == [{"package": "com.example.app", "file": None}]


async def test_a_profile_is_edited_listed_and_removed(cli: CommandLine) -> None:
    await cli("profiles", "add", "phone", "--cpu", "2")

    edited = await cli("profiles", "edit", "phone", "--cpu", "4", "-o", "json")
    listed = await cli("profile", "list", "-o", "json")
    asked = await cli("profiles", "remove", "phone")
    removed = await cli("profiles", "remove", "phone", "--yes")
    shown = await cli("profiles", "show", "phone")

    assert parsed(edited.stdout)["settings"]["cpu"] == 4
    assert [each["version"] for each in parsed(listed.stdout)["items"]] == [2]
    assert (asked.exit_code, removed.exit_code, shown.exit_code) == (2, 0, 5)


async def test_what_is_no_profile_is_not_imported(cli: CommandLine, tmp_path: Path) -> None:
    for content in ("nonsense", "[]", "{}"):
        file = tmp_path / "file.json"
        file.write_text(content)
        assert (await cli("profiles", "import", str(file))).exit_code == 2


async def test_an_edit_of_nothing_is_refused(cli: CommandLine) -> None:
    assert (await cli("profiles", "edit", "phone")).exit_code == 2
    assert (await cli("schedules", "edit", "nightly")).exit_code == 2


async def test_a_screen_has_three_numbers(cli: CommandLine) -> None:
    done = await cli("profiles", "add", "phone", "--screen", "720x1280")

    assert done.exit_code == 2 and "720x1280x320" in done.stderr


async def test_a_schedule_is_added_and_shown_with_its_runs(cli: CommandLine) -> None:
    added = await cli(
        *("schedules", "add", "nightly", "launch", "30 3 * * *", "--zone", "Europe/Berlin"),
        *("--tag", "qa", "--param", "package=com.example.app", "--jitter", "5m"),
        *("--blackout", "22:00-02:00/sat,sun", "--misfire", "run_once", "--grace", "1h"),
    )
    shown = await cli("schedules", "show", "nightly", "-o", "json")

    assert added.exit_code == 0, added.stderr
    assert "22:00-02:00/sat,sun" in added.stdout and "run_once after 3600 s" in added.stdout
    schedule = parsed(shown.stdout)
    assert (schedule["filter"], schedule["params"]) == (
        "tag:qa",
        {"package": "com.example.app"},
    )
    assert len(schedule["next_runs"]) == 5


async def test_a_schedule_is_edited_run_and_removed(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm(emulators=1)
    await cli("schedules", "add", "nightly", "launch", "30 3 * * *", "--id", "em_0001")

    off = await cli("schedules", "edit", "nightly", "--off", "-o", "json")
    ran = await cli("schedule", "run", "nightly", "-o", "json")
    removed = await cli("schedules", "remove", "nightly", "-y")
    shown = await cli("schedules", "show", "nightly")

    assert parsed(off.stdout)["next_runs"] == []
    assert parsed(ran.stdout)["last"]["outcome"] == "submitted"
    assert (removed.exit_code, shown.exit_code) == (0, 5)


async def test_a_pause_is_told_with_the_list(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm()
    await cli(
        *("schedules", "add", "nightly", "scan", "0 3 * * *", "--workstation", "farm-0001"),
        *("--status", "online", "--name-part", "farm"),
    )

    paused = await cli("schedules", "pause", "--reason", "new fan")
    during = await cli("schedules", "list")
    resumed = await cli("schedules", "resume")
    after = await cli("schedules", "list")

    assert (paused.exit_code, resumed.exit_code) == (0, 0)
    assert "workstation_id:ws_0001" in during.stdout
    assert "paused by admin: new fan" in during.stderr
    assert after.stderr == ""


async def test_what_can_not_be_read_is_told_before_it_is_sent(cli: CommandLine) -> None:
    add = ("schedules", "add", "nightly", "launch", "30 3 * * *", "--id", "em_0001")

    assert (await cli(*add, "--param", "package")).exit_code == 2
    assert (await cli(*add, "--blackout", "22:00")).exit_code == 2
    assert (await cli(*add, "--blackout", "22-6")).exit_code == 2
