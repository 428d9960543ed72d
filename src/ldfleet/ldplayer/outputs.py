"""What ldconsole prints, as values. Every reader raises NotUnderstood rather than guess."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ldfleet.domain.emulator import Adb, Power, Screen
from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer.text import NotUnderstood, check_refusal, decode, excerpt, lines, one_newline

DEFAULT_ANSI = "cp1252"
ZOMBIE_AFTER = 30.0  # seconds without VM and ADB (ldconsole.md 6)
STUCK_AFTER = 180.0  # seconds of starting without a VM (ldconsole.md 6)
NO_INSTANCE = 99_999  # some builds of 9 list a row that is no instance (ldconsole.md 6)

_RUNNING, _STARTING = 1, 2  # and 0 is off (ldconsole.md 1.3)
_INDEX = re.compile(rb" *([0-9]{1,9}) *,")
# topWnd,bindWnd,state,playerPid,vmPid[,width,height,dpi[,more of newer versions]]; a handle
# above 2^31 may come out negative
_TAIL = re.compile(
    rb"(-?[0-9]{1,20}),(-?[0-9]{1,20}),([0-9]),(-1|[0-9]{1,10}),(-1|[0-9]{1,10})"
    rb"(?:,([0-9]{1,6}),([0-9]{1,6}),([0-9]{1,6})(?:,.*)?)?",
    re.DOTALL,
)
_OLD_TAIL = 5
_TAILS = (8, _OLD_TAIL, *range(9, 17))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An instance as list2 tells it (ldconsole.md 6). Window handles belong to the desktop."""

    index: int
    name: str
    """As decoded; another instance may have the same. `name_bytes` is what was printed."""
    name_bytes: bytes
    top_window: int
    bind_window: int
    state: int
    player_pid: int | None
    vm_pid: int | None
    screen: Screen | None
    """None on LDPlayer 3 and 4, whose rows end before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRow:
    """An instance as list3 tells it (ldconsole.md 5)."""

    index: int
    name: str
    state: int
    screen: Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an acting command printed. Neither silence nor exit code 0 proves the effect."""

    exit_code: int
    text: str
    error: str


def parse_list2(
    result: ProcessResult, *, ansi: str = DEFAULT_ANSI, columns: int | None = None
) -> tuple[Row, ...]:
    """The instances in the order printed; `columns` is known from the generation, or told apart.

    All rows of an output have the same number of columns, so a cut row can't pass for a
    whole one. The exit code only matters where nothing was printed: a client saw others than
    0 with good rows (ldconsole.md 4.1).
    """
    check_refusal(result)
    printed = lines(result.stdout)
    if not printed and result.exit_code != 0:
        raise NotUnderstood(f"it printed nothing and ended with exit code {result.exit_code}")
    rows = _row_lines(printed)
    instances = [line for index, line in rows if index < NO_INSTANCE]
    size = _tail_size(instances, columns)
    parsed = tuple(_row(line, size, ansi) for line in instances)
    if len({row.index for row in parsed}) != len(parsed):
        raise NotUnderstood("two rows have the same index")
    return parsed


def _row_lines(printed: Sequence[bytes]) -> list[tuple[int, bytes]]:
    rows: list[tuple[int, bytes]] = []
    for line in printed:
        if index := _INDEX.match(line):
            rows.append((int(index[1]), line))
        elif any(_fits(line, size) for size in _TAILS):
            raise NotUnderstood(f"a row has no index: {excerpt(line)}")
    if printed and not rows:
        raise NotUnderstood(f"it printed no row: {excerpt(printed[0])}")
    return rows


def _tail_size(rows: Sequence[bytes], columns: int | None) -> int:
    """How many fields come after the name, which may itself hold commas and digits."""
    if columns is None:
        sizes: Sequence[int] = _TAILS
    elif columns == _OLD_TAIL + 2:
        sizes = (_OLD_TAIL,)
    else:
        sizes = [size for size in _TAILS if size >= columns - 2]
    for size in sizes:
        if all(_fits(row, size) for row in rows):
            return size
    misfit = next((row for row in rows if not any(_fits(row, size) for size in sizes)), rows[-1])
    raise NotUnderstood(f"a row has not the columns of the others, or of list2: {excerpt(misfit)}")


def _fits(row: bytes, size: int) -> bool:
    fields = row.rsplit(b",", size)
    return b"," in fields[0] and _TAIL.fullmatch(b",".join(fields[1:])) is not None


def _row(line: bytes, size: int, ansi: str) -> Row:
    head, *tail = line.rsplit(b",", size)
    index, name = head.split(b",", 1)
    top, bind, state, player, vm = map(int, tail[:_OLD_TAIL])
    return Row(
        index=int(index),
        name=decode(name, ansi=ansi),
        name_bytes=name,
        top_window=top,
        bind_window=bind,
        state=state,
        player_pid=player if player > 0 else None,
        vm_pid=vm if vm > 0 else None,
        screen=_screen(tail[_OLD_TAIL:8]) if size > _OLD_TAIL else None,
    )


def _screen(fields: Sequence[bytes]) -> Screen:
    width, height, dpi = map(int, fields)
    return Screen(width=width, height=height, dpi=dpi)


def read_state(row: Row) -> Power:
    """The state of the virtual machine (ldconsole.md 6).

    Running means that there is a VM, not that Android answers: ADB has to be asked. State 1
    without a VM is not running (a zombie's row); off with a window process left is the time
    after quit (inferred).
    """
    match row.state:
        case 0:
            return Power.STOPPED if row.player_pid is None else Power.STOPPING
        case 1:
            return Power.STARTING if row.vm_pid is None else Power.RUNNING
        case 2:
            return Power.STARTING
        case _:
            return Power.UNKNOWN


def is_zombie(row: Row, seconds: float) -> bool:
    """Called running for `seconds` in which neither a VM nor an ADB serial was seen."""
    return row.state == _RUNNING and row.vm_pid is None and seconds > ZOMBIE_AFTER


def is_stuck(row: Row, seconds: float) -> bool:
    """Starting for `seconds` without a VM: the VM service may be wedged."""
    return row.state == _STARTING and row.vm_pid is None and seconds > STUCK_AFTER


_BRIEF = re.compile(rb" *([0-9]{1,9}) *,(.*),([0-9]),([0-9]{1,6}),([0-9]{1,6}),([0-9]{1,6})")


def parse_list3(result: ProcessResult, *, ansi: str = DEFAULT_ANSI) -> BriefRow:
    """The one row of `list3 --index`; that its third field is the state is inferred."""
    check_refusal(result)
    printed = lines(result.stdout)
    match = _BRIEF.fullmatch(printed[0]) if len(printed) == 1 else None
    if match is None:
        raise NotUnderstood(f"it printed not one row of list3: {excerpt(result.stdout)}")
    index, name, state, *screen = match.groups()
    return BriefRow(
        index=int(index), name=decode(name, ansi=ansi), state=int(state), screen=_screen(screen)
    )


def read_names(result: ProcessResult, *, ansi: str = DEFAULT_ANSI) -> tuple[str, ...]:
    """A name a line; names are not unique, so nothing may be addressed by one."""
    check_refusal(result)
    names = tuple(decode(line, ansi=ansi) for line in lines(result.stdout))
    if not names and result.exit_code != 0:
        raise NotUnderstood(f"it printed nothing and ended with exit code {result.exit_code}")
    return names


def read_is_running(result: ProcessResult) -> bool:
    """Whether the window is open, which does not say that Android is ready (ldconsole.md 5)."""
    check_refusal(result)
    match result.stdout.strip():
        case b"running":
            return True
        case b"stop":
            return False
        case _:
            raise NotUnderstood(f"neither running nor stop: {excerpt(result.stdout)}")


def read_index(result: ProcessResult) -> int:
    """The exit code of add and copy: the new index, if there is one (ldconsole.md 1.1).

    No proof: 0 is also what everything else ends with, and failure codes are not known. Only
    a row in list2 that was not there before is.
    """
    check_refusal(result)
    if not 0 <= result.exit_code < NO_INSTANCE:
        raise NotUnderstood(f"the exit code {result.exit_code} is no index")
    return result.exit_code


def read_said(result: ProcessResult, *, ansi: str = DEFAULT_ANSI) -> Said:
    """The words of an acting command. Other exit codes than 0 are left to who looks at list2."""
    check_refusal(result)
    return Said(
        exit_code=result.exit_code,
        text=_text(result.stdout, ansi),
        error=_text(result.stderr, ansi),
    )


def read_text(result: ProcessResult, *, ansi: str = DEFAULT_ANSI) -> str:
    """What was printed, its line ends made one."""
    return read_said(result, ansi=ansi).text


def _text(raw: bytes, ansi: str) -> str:
    return decode(one_newline(raw), ansi=ansi).strip("\n")


_NO_GUEST = re.compile(r"device '[^']*' not found|no devices|cannot connect|failed to connect")


def read_adb_state(result: ProcessResult) -> Adb:
    """What `adb get-state` says; the error shapes are in ldconsole.md 8."""
    said = read_said(result)
    state = said.text.rsplit("\n", 1)[-1].strip()  # a starting ADB server talks first
    if state == "device":
        return Adb.READY
    words = f"{said.text}\n{said.error}"
    if state == "offline" or "device offline" in words:
        return Adb.OFFLINE
    if _NO_GUEST.search(words):
        return Adb.NONE
    raise NotUnderstood(f"no state of ADB: {excerpt(result.stdout + result.stderr)}")


def read_boot_completed(result: ProcessResult) -> bool:
    """Whether `sys.boot_completed` is 1; empty until then. An ADB that is not up has not booted."""
    said = read_said(result)
    value = said.text.rsplit("\n", 1)[-1].strip()
    if value in {"1", "0"}:
        return value == "1"
    if said.text or said.error:
        read_adb_state(result)  # refuses what is not one of ADB's errors either
    return False
