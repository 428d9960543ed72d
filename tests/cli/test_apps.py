"""`ldfleet apps`."""

import json
from pathlib import Path

from ldfleet.domain.app import Installation
from ldfleet.domain.emulator import Adb, Android, Observation, Power
from ldfleet.domain.ids import AppId, EmulatorId
from support.apps import FOLDER
from support.clock import START
from support.commandline import CommandLine
from support.edges import ONLINE, Edge
from support.stores import an_emulator

READY = Observation(
    at=START, power=Power.RUNNING, android=Android.READY, adb=Adb.READY, since=START
)


async def test_an_app_is_uploaded_shown_by_package_and_removed(cli: CommandLine) -> None:
    for name in ("game-7", "game-8"):
        done = await cli("apps", "upload", str(FOLDER / f"{name}.apk"))
        assert done.exit_code == 0, done.output
    table = await cli("apps", "list", "--sort", "code")
    newest = await cli("apps", "show", "com.example.game", "-o", "json")
    older = await cli("apps", "show", "com.example.game@1.2.0", "-o", "json")
    removed = await cli("apps", "remove", "com.example.game@1.2.0", "--yes")
    gone = await cli("apps", "show", "com.example.game@1.2.0")

    rows = table.stdout.splitlines()[1:]
    assert ["1.2.0" in rows[0], "1.3.0" in rows[1], len(rows)] == [True, True, 2]
    assert json.loads(newest.stdout)["version_code"] == 8
    assert json.loads(older.stdout)["version_code"] == 7
    assert removed.stderr.startswith("Removed com.example.game 1.2.0 (ap_")
    assert gone.exit_code == 5 and "no app com.example.game@1.2.0" in gone.stderr


async def test_a_file_that_is_not_there_is_said_so(cli: CommandLine, tmp_path: Path) -> None:
    done = await cli("apps", "upload", str(tmp_path / "nothing.apk"))

    assert done.exit_code == 2
    assert "there is no file" in done.stderr


async def test_a_file_that_is_no_app_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "notes.apk").write_text("no app")

    done = await cli("apps", "upload", str(tmp_path / "notes.apk"))

    assert done.exit_code == 2
    assert "The file is no app that can be installed" in done.stderr


async def test_an_app_of_the_library_is_installed_by_its_package(
    cli: CommandLine, edge: Edge
) -> None:
    await edge.floor.farm(health=ONLINE)
    await edge.floor.put(an_emulator(1, observed=READY))
    done = await cli("apps", "upload", str(FOLDER / "game-7.apk"), "-o", "json")
    app = json.loads(done.stdout)["id"]

    asked = await cli(
        "emulators", "install", "em_0001", "--library", "com.example.game", "--no-wait"
    )
    missing = await cli("emulators", "install", "em_0001", "--library", "com.none", "--no-wait")

    assert asked.exit_code == 0, asked.output
    assert (await edge.floor.operation(asked.stdout.strip())).params == {"app": app}
    assert (missing.exit_code, "no app com.none" in missing.stderr) == (5, True)


async def test_the_emulators_of_an_app_are_shown(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm()
    done = await cli("apps", "upload", str(FOLDER / "game-7.apk"), "-o", "json")
    seen = Installation(
        emulator_id=EmulatorId("em_0001"),
        package="com.example.game",
        version_code=7,
        version_name="1.2.0",
        app_id=AppId(json.loads(done.stdout)["id"]),
        operation_id="op_1",
        seen_at=START,
    )
    async with edge.floor.database() as work:
        await work.installations.put(seen)

    table = await cli("apps", "emulators", "com.example.game")

    assert table.stdout.splitlines()[1].split()[0] == "em_0001"
    assert "1.2.0" in table.stdout
