from collections.abc import Callable

import pytest

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Power, Screen
from ldfleet.domain.hardware import AUTO, HardwareSettings
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.commands import Command, CommandClass
from ldfleet.ldplayer.text import NoSuchPlayer
from ldplayer.golden_files import golden, printed

READ, IDEMPOTENT, ONCE = CommandClass.READ, CommandClass.IDEMPOTENT, CommandClass.ONCE
CPU = HardwareSettings(cpu=2)

CASES: list[tuple[Command[object], str, CommandClass]] = [
    (commands.banner(), "", READ),
    (commands.list2(), "list2", READ),
    (commands.list3(4), "list3 --index 4", READ),
    (commands.list_names(), "list", READ),
    (commands.running_list(), "runninglist", READ),
    (commands.is_running(4), "isrunning --index 4", READ),
    (commands.add(), "add", ONCE),
    (commands.add("farm-1"), "add --name farm-1", ONCE),
    (commands.copy(4), "copy --from 4", ONCE),
    (commands.copy(4, name="b"), "copy --name b --from 4", ONCE),
    (commands.remove(4), "remove --index 4", ONCE),
    (commands.rename(4, title="b"), "rename --index 4 --title b", IDEMPOTENT),
    (commands.modify(4, CPU), "modify --index 4 --cpu 2", IDEMPOTENT),
    (commands.launch(4), "launch --index 4", IDEMPOTENT),
    (commands.launch(4, "com.x"), "launch --index 4 --packagename com.x", IDEMPOTENT),
    (commands.launchex(4, package="com.x"), "launchex --index 4 --packagename com.x", IDEMPOTENT),
    (commands.quit_(4), "quit --index 4", IDEMPOTENT),
    (commands.quitall(), "quitall", IDEMPOTENT),
    (commands.reboot(4), "reboot --index 4", ONCE),
    (commands.backup(4, file=r"D:\a.ldbk"), r"backup --index 4 --file D:\a.ldbk", ONCE),
    (commands.restore(4, file=r"D:\a.ldbk"), r"restore --index 4 --file D:\a.ldbk", ONCE),
    (commands.globalsetting(fps=30), "globalsetting --fps 30", IDEMPOTENT),
    (
        commands.globalsetting(fps=0, audio=False, fastplay=True, cleanmode=True),
        "globalsetting --fps 0 --audio 0 --fastplay 1 --cleanmode 1",
        IDEMPOTENT,
    ),
    (
        commands.locate(4, longitude=-0.000012, latitude=51.5),
        "locate --index 4 --LLI -0.000012,51.500000",
        IDEMPOTENT,
    ),
    (
        commands.setprop(4, key="phone.number", value="1"),
        "setprop --index 4 --key phone.number --value 1",
        IDEMPOTENT,
    ),
    (
        commands.setprop(4, key="phone.imei", value="auto"),
        "setprop --index 4 --key phone.imei --value auto",
        ONCE,
    ),
    (commands.getprop(4), "getprop --index 4", READ),
    (commands.getprop(4, "ro.x"), "getprop --index 4 --key ro.x", READ),
    (commands.downcpu(4, rate=50), "downcpu --index 4 --rate 50", IDEMPOTENT),
    (commands.adb(4, "devices"), "adb --index 4 --command devices", ONCE),
    (commands.get_state(4), "adb --index 4 --command get-state", READ),
    (commands.installapp(4, file="a.apk"), "installapp --index 4 --filename a.apk", IDEMPOTENT),
    (
        commands.installapp_from_store(4, package="com.x"),
        "installapp --index 4 --packagename com.x",
        ONCE,
    ),
    (
        commands.uninstallapp(4, package="com.x"),
        "uninstallapp --index 4 --packagename com.x",
        IDEMPOTENT,
    ),
    (commands.runapp(4, package="com.x"), "runapp --index 4 --packagename com.x", IDEMPOTENT),
    (commands.killapp(4, package="com.x"), "killapp --index 4 --packagename com.x", IDEMPOTENT),
    (
        commands.backupapp(4, package="com.x", file="f"),
        "backupapp --index 4 --packagename com.x --file f",
        ONCE,
    ),
    (
        commands.restoreapp(4, package="com.x", file="f"),
        "restoreapp --index 4 --packagename com.x --file f",
        ONCE,
    ),
    (commands.pull(4, remote="r", local="l"), "pull --index 4 --remote r --local l", IDEMPOTENT),
    (commands.push(4, remote="r", local="l"), "push --index 4 --remote r --local l", IDEMPOTENT),
    (
        commands.action(4, key="call.input", value="x"),
        "action --index 4 --key call.input --value x",
        ONCE,
    ),
    (commands.scan(4, file="q.png"), "scan --index 4 --file q.png", ONCE),
    (commands.sort_wnd(), "sortWnd", IDEMPOTENT),
    (commands.zoom_in(4), "zoomIn --index 4", ONCE),
    (commands.zoom_out(4), "zoomOut --index 4", ONCE),
    (commands.rock(4), "rock --index 4", ONCE),
    (commands.operatelist(4), "operatelist --index 4", READ),
    (commands.operateinfo(4, file="f"), "operateinfo --index 4 --file f", READ),
    (commands.operaterecord(4, content="{}"), "operaterecord --index 4 --content {}", ONCE),
]


@pytest.mark.parametrize(("command", "words", "kind"), CASES)
def test_the_words_and_the_class_of_a_command(
    command: Command[object], words: str, kind: CommandClass
) -> None:
    assert " ".join(command.args) == words
    assert command.kind is kind


@pytest.mark.parametrize(("command", "words", "kind"), CASES)
def test_no_command_waits_for_ever_or_addresses_by_name(
    command: Command[object], words: str, kind: CommandClass
) -> None:
    assert 5 <= command.deadline <= 1800
    assert command.name == (words.split(maxsplit=1)[0] if words else "(bare)")
    assert "--name" not in command.args or command.name in {"add", "copy"}
    assert kind is not READ or command.deadline <= 30


def test_only_what_starts_a_machine_or_moves_windows_needs_the_desktop() -> None:
    needing = {command.name for command, _, _ in CASES if command.needs_desktop}

    assert needing == {"launch", "launchex", "reboot", "sortWnd"}


def test_what_moves_disks_needs_the_emulator_stopped() -> None:
    needing = {
        command.name for command, _, _ in CASES if command.needs == frozenset({Power.STOPPED})
    }

    assert needing == {
        "copy",
        "remove",
        "modify",
        "launch",
        "launchex",
        "backup",
        "restore",
    }


def test_quit_is_for_all_but_the_stopped() -> None:
    assert commands.quit_(4).needs == frozenset({Power.STARTING, Power.RUNNING, Power.STOPPING})


def test_the_boot_question_is_one_argument() -> None:
    asked = commands.boot_completed(4)

    assert asked.args == ("adb", "--index", "4", "--command", "shell getprop sys.boot_completed")
    assert asked.kind is READ


def test_an_adb_call_can_be_declared_safe_and_be_given_more_time() -> None:
    call = commands.adb(4, "shell ls", kind=READ, deadline=10)

    assert (call.kind, call.deadline) == (READ, 10)


def test_modify_passes_all_fourteen_parameters() -> None:
    settings = HardwareSettings(
        screen=Screen(width=1280, height=720, dpi=240),
        cpu=4,
        memory_mib=4096,
        manufacturer="samsung",
        model="SM S9110",
        phone_number="123",
        imei="356938035643809",
        imsi="460001234567890",
        sim_serial="89860012345678901234",
        android_id="0123456789abcdef",
        mac="00DB0A1B2C3D",
        auto_rotate=True,
        lock_window=False,
        root=True,
    )

    args = commands.modify(0, settings).args

    assert dict(zip(args[3::2], args[4::2], strict=True)) == {
        "--resolution": "1280,720,240",
        "--cpu": "4",
        "--memory": "4096",
        "--manufacturer": "samsung",
        "--model": "SM S9110",
        "--pnumber": "123",
        "--imei": "356938035643809",
        "--imsi": "460001234567890",
        "--simserial": "89860012345678901234",
        "--androidid": "0123456789abcdef",
        "--mac": "00DB0A1B2C3D",
        "--autorotate": "1",
        "--lockwindow": "0",
        "--root": "1",
    }


def test_made_up_device_ids_make_modify_a_once_only_command() -> None:
    assert commands.modify(0, HardwareSettings(mac=AUTO)).kind is ONCE


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: commands.modify(0, HardwareSettings()), "settings"),
        (commands.globalsetting, "settings"),
        (lambda: commands.globalsetting(fps=61), "fps"),
        (lambda: commands.downcpu(0, rate=-1), "rate"),
        (lambda: commands.locate(0, longitude=181, latitude=0), "longitude"),
        (lambda: commands.locate(0, longitude=0, latitude=float("nan")), "latitude"),
    ],
)
def test_values_that_ldconsole_would_drop_are_refused(
    make: Callable[[], object], field: str
) -> None:
    with pytest.raises(errors.FieldInvalid) as caught:
        make()

    assert caught.value.field == field


def test_answers_are_read_by_the_command_that_asked() -> None:
    rows = commands.list2(ansi="cp1251", columns=10).read(
        printed("0,Ферма,0,0,0,-1,-1,960,540,160\r\n".encode("cp1251"))
    )

    assert [row.name for row in rows] == ["Ферма"]
    assert commands.list3(0).read(printed(golden("list3_js6_9.txt"))).name == "LDPlayer"
    assert commands.running_list().read(printed(b"a\r\nb\r\n")) == ("a", "b")
    assert commands.is_running(0).read(printed(b"running")) is True
    assert commands.add("x").read(printed(b"", exit_code=7)) == 7
    assert commands.copy(0).read(printed(b"", exit_code=3)) == 3
    assert commands.launch(0).read(printed(b"", exit_code=1)).exit_code == 1
    assert commands.get_state(0).read(printed(b"device\r\n")) is Adb.READY
    assert commands.boot_completed(0).read(printed(b"1\r\n")) is True
    assert commands.getprop(0, "x").read(printed(b"y\r\n")) == "y"
    assert commands.banner().read(printed(golden("usage_14_inferred.txt"))) == "14.0.25.1"


def test_an_acting_command_tells_of_a_missing_instance() -> None:
    with pytest.raises(NoSuchPlayer):
        commands.quit_(9).read(printed(b"player don't exist!"))
