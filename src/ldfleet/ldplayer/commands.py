"""Every command of ldconsole: its words, how to read the answer, and what it asks for.

ldconsole.md 5 is the source; instances are always addressed by --index, because names are not
unique. A docstring says why a command has its class.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import partial
from typing import Generic, TypeVar

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Power
from ldfleet.domain.hardware import HardwareSettings
from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer import outputs
from ldfleet.ldplayer.generations import read_banner
from ldfleet.ldplayer.outputs import DEFAULT_ANSI, BriefRow, Row, Said

T_co = TypeVar("T_co", covariant=True)

# Deadlines in seconds (ldconsole.md 4: 5 to 30 for queries, 60 to 120 for add, 1200 to 1800
# for copies)
QUERY = 20.0
ACT = 30.0
GUEST = 60.0
CREATE = 120.0
INSTALL = 300.0
COPY = 1800.0

STOPPED = frozenset({Power.STOPPED})
RUNNING = frozenset({Power.RUNNING})
NOT_OFF = frozenset({Power.STARTING, Power.RUNNING, Power.STOPPING})


class CommandClass(StrEnum):
    """What a second run of the same command does, where the outcome of the first is unknown."""

    READ = auto()
    """It changes nothing."""
    IDEMPOTENT = auto()
    """It leaves things as one run does."""
    ONCE = auto()
    """It may do more: look at the workstation before you repeat it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[T_co]):
    """A call of ldconsole: what to run, and how to read the answer."""

    args: tuple[str, ...]
    """After the program."""
    read: Callable[[ProcessResult], T_co]
    """Raises NotUnderstood, which the workflows translate."""
    kind: CommandClass
    needs_desktop: bool = False
    """Only the logged-on user's desktop can show it (ldconsole.md 9)."""
    needs: frozenset[Power] | None = None
    """The states in which the emulator takes it; None: any, or it is about none."""
    deadline: float

    @property
    def name(self) -> str:
        """The word of ldconsole; the bare run has none."""
        return self.args[0] if self.args else "(bare)"


def _on(index: int) -> tuple[str, str]:
    return "--index", str(index)


def _act(
    *args: str,
    kind: CommandClass,
    needs: frozenset[Power] | None = None,
    needs_desktop: bool = False,
    deadline: float = ACT,
) -> Command[Said]:
    return Command(
        args=args,
        read=outputs.read_said,
        kind=kind,
        needs=needs,
        needs_desktop=needs_desktop,
        deadline=deadline,
    )


def _within(field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise errors.FieldInvalid(field=field, reason=f"must be from {low:g} to {high:g}")


# Looking


def banner() -> Command[str | None]:
    """The version, where the banner of a bare run tells it. Read: prints a page."""
    return Command(args=(), read=read_banner, kind=CommandClass.READ, deadline=QUERY)


def list2(*, ansi: str = DEFAULT_ANSI, columns: int | None = None) -> Command[tuple[Row, ...]]:
    """All instances. Read: prints a table."""
    read = partial(outputs.parse_list2, ansi=ansi, columns=columns)
    return Command(args=("list2",), read=read, kind=CommandClass.READ, deadline=QUERY)


def list3(index: int, *, ansi: str = DEFAULT_ANSI) -> Command[BriefRow]:
    """One instance in brief, on newer 9 and 14. Read: prints a row."""
    read = partial(outputs.parse_list3, ansi=ansi)
    args = ("list3", *_on(index))
    return Command(args=args, read=read, kind=CommandClass.READ, deadline=QUERY)


def list_names(*, ansi: str = DEFAULT_ANSI) -> Command[tuple[str, ...]]:
    """The names in the order of the indexes, which it does not tell. Read: prints lines."""
    read = partial(outputs.read_names, ansi=ansi)
    return Command(args=("list",), read=read, kind=CommandClass.READ, deadline=QUERY)


def running_list(*, ansi: str = DEFAULT_ANSI) -> Command[tuple[str, ...]]:
    """The names of running instances. Read: prints lines."""
    read = partial(outputs.read_names, ansi=ansi)
    return Command(args=("runninglist",), read=read, kind=CommandClass.READ, deadline=QUERY)


def is_running(index: int) -> Command[bool]:
    """Whether its window is open. Read: prints a word."""
    return Command(
        args=("isrunning", *_on(index)),
        read=outputs.read_is_running,
        kind=CommandClass.READ,
        deadline=QUERY,
    )


# Life


def add(name: str | None = None) -> Command[int]:
    """A new instance; reads the exit code as its index, which is no proof. Once: adds another."""
    return Command(
        args=("add",) if name is None else ("add", "--name", name),
        read=outputs.read_index,
        kind=CommandClass.ONCE,
        deadline=CREATE,
    )


def copy(source: int, *, name: str | None = None) -> Command[int]:
    """A clone; reads the exit code as its index, which is no proof. Once: clones again.

    `needs` is about the source: with it running nothing is copied, without a word. Only one
    copy goes at a time.
    """
    named = () if name is None else ("--name", name)
    return Command(
        args=("copy", *named, "--from", str(source)),
        read=outputs.read_index,
        kind=CommandClass.ONCE,
        needs=STOPPED,
        deadline=COPY,
    )


def remove(index: int) -> Command[Said]:
    """Once: the index is given out again, so a repetition may remove another instance."""
    kind = CommandClass.ONCE
    return _act("remove", *_on(index), kind=kind, needs=STOPPED, deadline=CREATE)


def rename(index: int, *, title: str) -> Command[Said]:
    """Idempotent: the name is the same after a second run; duplicates are accepted."""
    return _act("rename", *_on(index), "--title", title, kind=CommandClass.IDEMPOTENT)


def modify(index: int, settings: HardwareSettings) -> Command[Said]:
    """In force from the next start; values out of range are dropped without a word (check first).

    Idempotent: sets what it sets; once where a device id is `auto`, made anew by each run.
    """
    if settings.empty:
        raise errors.FieldInvalid(field="settings", reason="nothing is to be changed")
    kind = CommandClass.ONCE if settings.makes_up_ids else CommandClass.IDEMPOTENT
    return _act("modify", *_on(index), *_options(settings), kind=kind, needs=STOPPED)


def launch(index: int, package: str | None = None) -> Command[Said]:
    """Returns at once; a package is opened only by a cold start.

    Idempotent: does nothing to a running or hung instance.
    """
    return _act(
        "launch",
        *_on(index),
        *(() if package is None else ("--packagename", package)),
        kind=CommandClass.IDEMPOTENT,
        needs=STOPPED,
        needs_desktop=True,
    )


def launchex(index: int, *, package: str) -> Command[Said]:
    """Launch and open an app. Idempotent: as launch."""
    return _act(
        "launchex",
        *_on(index),
        "--packagename",
        package,
        kind=CommandClass.IDEMPOTENT,
        needs=STOPPED,
        needs_desktop=True,
    )


def quit_(index: int) -> Command[Said]:
    """Returns before the end: the config file is rewritten for up to 30 s. Idempotent: then off."""
    return _act("quit", *_on(index), kind=CommandClass.IDEMPOTENT, needs=NOT_OFF)


def quitall() -> Command[Said]:
    """Quits every instance of the install. Idempotent: then all are off."""
    return _act("quitall", kind=CommandClass.IDEMPOTENT)


def reboot(index: int) -> Command[Said]:
    """Applies pending settings. Once: a second run cuts the first boot short."""
    kind = CommandClass.ONCE
    return _act("reboot", *_on(index), kind=kind, needs=RUNNING, needs_desktop=True)


def backup(index: int, *, file: str) -> Command[Said]:
    """Blocks for minutes; a full path that ends in .ldbk. Once: writes gigabytes over the first."""
    kind = CommandClass.ONCE
    args = ("backup", *_on(index), "--file", file)
    return _act(*args, kind=kind, needs=STOPPED, deadline=COPY)


def restore(index: int, *, file: str) -> Command[Said]:
    """Blocks for minutes; resets the config file. Once: would undo what was set since."""
    kind = CommandClass.ONCE
    args = ("restore", *_on(index), "--file", file)
    return _act(*args, kind=kind, needs=STOPPED, deadline=COPY)


# Settings


def globalsetting(
    *,
    fps: int | None = None,
    audio: bool | None = None,
    fastplay: bool | None = None,
    cleanmode: bool | None = None,
) -> Command[Said]:
    """For all instances, in force from their next cold start. Idempotent: sets values."""
    if fps is not None:
        _within("fps", fps, 0, 60)
    options = _pairs(
        {"--fps": fps, "--audio": audio, "--fastplay": fastplay, "--cleanmode": cleanmode}
    )
    if not options:
        raise errors.FieldInvalid(field="settings", reason="nothing is to be changed")
    return _act("globalsetting", *options, kind=CommandClass.IDEMPOTENT)


def locate(index: int, *, longitude: float, latitude: float) -> Command[Said]:
    """WGS-84, longitude first. Idempotent: sets a place."""
    _within("longitude", longitude, -180, 180)
    _within("latitude", latitude, -90, 90)
    place = f"{longitude:.6f},{latitude:.6f}"
    return _act("locate", *_on(index), "--LLI", place, kind=CommandClass.IDEMPOTENT)


def setprop(index: int, *, key: str, value: str) -> Command[Said]:
    """Idempotent: sets a value; once where it is `auto`, made anew by each run."""
    kind = CommandClass.ONCE if value == "auto" else CommandClass.IDEMPOTENT
    args = ("setprop", *_on(index), "--key", key, "--value", value)
    return _act(*args, kind=kind, needs=RUNNING)


def getprop(index: int, key: str | None = None) -> Command[str]:
    """A property, or all. Read: prints."""
    return Command(
        args=("getprop", *_on(index), *(() if key is None else ("--key", key))),
        read=outputs.read_text,
        kind=CommandClass.READ,
        needs=RUNNING,
        deadline=QUERY,
    )


def downcpu(index: int, *, rate: int) -> Command[Said]:
    """Throttle to a percentage. Idempotent: sets a rate."""
    _within("rate", rate, 0, 100)
    kind = CommandClass.IDEMPOTENT
    return _act("downcpu", *_on(index), "--rate", str(rate), kind=kind, needs=RUNNING)


# Android


def adb(
    index: int, command: str, *, kind: CommandClass = CommandClass.ONCE, deadline: float = GUEST
) -> Command[Said]:
    """ADB's own output; the serial is found by LDPlayer. Once unless the caller knows better."""
    return _act(
        "adb", *_on(index), "--command", command, kind=kind, needs=RUNNING, deadline=deadline
    )


def get_state(index: int) -> Command[Adb]:
    """Whether the guest answers ADB: the second rung of a boot. Read: prints a word."""
    return Command(
        args=("adb", *_on(index), "--command", "get-state"),
        read=outputs.read_adb_state,
        kind=CommandClass.READ,
        needs=RUNNING,
        deadline=QUERY,
    )


def boot_completed(index: int) -> Command[bool]:
    """Whether Android has booted: the last rung. Read: prints a property."""
    return Command(
        args=("adb", *_on(index), "--command", "shell getprop sys.boot_completed"),
        read=outputs.read_boot_completed,
        kind=CommandClass.READ,
        needs=RUNNING,
        deadline=QUERY,
    )


def installapp(index: int, *, file: str) -> Command[Said]:
    """A full path of an APK on the workstation. Idempotent: the same app is there after it."""
    return _act(
        "installapp",
        *_on(index),
        "--filename",
        file,
        kind=CommandClass.IDEMPOTENT,
        needs=RUNNING,
        deadline=INSTALL,
    )


def installapp_from_store(index: int, *, package: str) -> Command[Said]:
    """What LDPlayer's store has, perhaps old; returns before. Once: opens the page again."""
    args = ("installapp", *_on(index), "--packagename", package)
    return _act(*args, kind=CommandClass.ONCE, needs=RUNNING)


def _app(verb: str, index: int, package: str) -> Command[Said]:
    return _act(
        verb,
        *_on(index),
        "--packagename",
        package,
        kind=CommandClass.IDEMPOTENT,
        needs=RUNNING,
        deadline=GUEST,
    )


def uninstallapp(index: int, *, package: str) -> Command[Said]:
    """Idempotent: the app is gone after it."""
    return _app("uninstallapp", index, package)


def runapp(index: int, *, package: str) -> Command[Said]:
    """Idempotent: the app is in front after it."""
    return _app("runapp", index, package)


def killapp(index: int, *, package: str) -> Command[Said]:
    """Idempotent: the app is ended after it."""
    return _app("killapp", index, package)


def backupapp(index: int, *, package: str, file: str) -> Command[Said]:
    """An app's data to a file. Once: writes over the first. That it must run is inferred."""
    args = ("backupapp", *_on(index), "--packagename", package, "--file", file)
    return _act(*args, kind=CommandClass.ONCE, needs=RUNNING, deadline=INSTALL)


def restoreapp(index: int, *, package: str, file: str) -> Command[Said]:
    """An app's data from a file. Once: undoes what the app did since."""
    args = ("restoreapp", *_on(index), "--packagename", package, "--file", file)
    return _act(*args, kind=CommandClass.ONCE, needs=RUNNING, deadline=INSTALL)


def pull(index: int, *, remote: str, local: str) -> Command[Said]:
    """Guest to workstation; said to be broken above 4.0.79. Idempotent: the same file."""
    args = ("pull", *_on(index), "--remote", remote, "--local", local)
    return _act(*args, kind=CommandClass.IDEMPOTENT, needs=RUNNING, deadline=INSTALL)


def push(index: int, *, remote: str, local: str) -> Command[Said]:
    """Workstation to guest. Idempotent: the same file."""
    args = ("push", *_on(index), "--remote", remote, "--local", local)
    return _act(*args, kind=CommandClass.IDEMPOTENT, needs=RUNNING, deadline=INSTALL)


# Hands on the screen


def action(index: int, *, key: str, value: str) -> Command[Said]:
    """A key of ldconsole.md 5.2, such as `call.input`. Once: types, shakes or reboots again."""
    args = ("action", *_on(index), "--key", key, "--value", value)
    return _act(*args, kind=CommandClass.ONCE, needs=RUNNING)


def scan(index: int, *, file: str) -> Command[Said]:
    """Show a QR picture to the guest's camera. Once: an app may act on each look."""
    args = ("scan", *_on(index), "--file", file)
    return _act(*args, kind=CommandClass.ONCE, needs=RUNNING)


def sort_wnd() -> Command[Said]:
    """Line up the windows, which belong to a desktop (9). Idempotent: they stand as they stood."""
    return _act("sortWnd", kind=CommandClass.IDEMPOTENT, needs_desktop=True)


def zoom_in(index: int) -> Command[Said]:
    """Once: zooms further."""
    return _act("zoomIn", *_on(index), kind=CommandClass.ONCE, needs=RUNNING)


def zoom_out(index: int) -> Command[Said]:
    """Once: zooms further."""
    return _act("zoomOut", *_on(index), kind=CommandClass.ONCE, needs=RUNNING)


def rock(index: int) -> Command[Said]:
    """Shake the device. Once: an app may count."""
    return _act("rock", *_on(index), kind=CommandClass.ONCE, needs=RUNNING)


def operatelist(index: int) -> Command[str]:
    """The recorded macros; the format is not known, so it is text. Read: prints."""
    return Command(
        args=("operatelist", *_on(index)),
        read=outputs.read_text,
        kind=CommandClass.READ,
        needs=RUNNING,
        deadline=QUERY,
    )


def operateinfo(index: int, *, file: str) -> Command[str]:
    """One macro; the format is not known, so it is text. Read: prints."""
    return Command(
        args=("operateinfo", *_on(index), "--file", file),
        read=outputs.read_text,
        kind=CommandClass.READ,
        needs=RUNNING,
        deadline=QUERY,
    )


def operaterecord(index: int, *, content: str) -> Command[Said]:
    """A macro as JSON, whose quotes the quoting rule refuses (architecture.md 5). Once: adds."""
    args = ("operaterecord", *_on(index), "--content", content)
    return _act(*args, kind=CommandClass.ONCE, needs=RUNNING)


def _options(settings: HardwareSettings) -> tuple[str, ...]:
    """The options of modify (ldconsole.md 5.1)."""
    screen = settings.screen
    resolution = None if screen is None else f"{screen.width},{screen.height},{screen.dpi}"
    return _pairs(
        {
            "--resolution": resolution,
            "--cpu": settings.cpu,
            "--memory": settings.memory_mib,
            "--manufacturer": settings.manufacturer,
            "--model": settings.model,
            "--pnumber": settings.phone_number,
            "--imei": settings.imei,
            "--imsi": settings.imsi,
            "--simserial": settings.sim_serial,
            "--androidid": settings.android_id,
            "--mac": settings.mac,
            "--autorotate": settings.auto_rotate,
            "--lockwindow": settings.lock_window,
            "--root": settings.root,
        }
    )


def _pairs(options: Mapping[str, str | float | bool | None]) -> tuple[str, ...]:
    """Flags are 1 or 0; what is None is left out."""
    given = ((key, value) for key, value in options.items() if value is not None)
    return tuple(
        word
        for key, value in given
        for word in (key, str(int(value)) if isinstance(value, bool) else str(value))
    )
