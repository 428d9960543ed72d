"""Questions about ldconsole (ldconsole.md 13), as far as looking answers them."""

import json
import re
from collections.abc import Sequence
from functools import partial
from typing import cast

from ldfleet.ldplayer.configfile import NAME
from ldfleet.ldplayer.generations import read_banner
from ldfleet.ldplayer.jsontext import read_object
from ldfleet.ldplayer.layout import ldconsole_of
from ldfleet.ldplayer.outputs import NO_INSTANCE, Row, parse_list3, read_is_running, read_names
from ldfleet.ldplayer.probes.probe import (
    TELL_US,
    Ask,
    Heard,
    Probe,
    Reading,
    Run,
    Scene,
    needs_rows,
    nothing,
    ok,
    unknown,
    warning,
)
from ldfleet.ldplayer.probes.windows import GROUPS, is_elevated, tool
from ldfleet.ldplayer.text import NoSuchPlayer, NotUnderstood, check_refusal, excerpt, lines

NOBODY = 98_765
"""An index that no instance has: LDPlayer gives out the lowest that is free (ldconsole.md 7)."""
SLOW_LIST = 5.0
"""Seconds: the collector asks every 10 (architecture.md 5)."""
OFF, ON, STARTING = 0, 1, 2
_STATES = {OFF: "off", STARTING: "starting", ON: "on"}
_CHINESE = "雷电模拟器"
"""What LDPlayer calls an emulator by itself, the first one above all (ldconsole.md 7)."""
_CODECS = ("utf-8", "gbk", "cp1251", "cp1252", "cp866", "cp850", "big5", "cp932", "cp949")
_PAGE_WORD = re.compile(rb"[A-Za-z][A-Za-z0-9]+")
_USED = (
    *("list2", "add", "copy", "remove", "rename", "modify"),
    *("launch", "quit", "quitall", "reboot", "backup", "restore"),
    *("adb", "installapp", "uninstallapp", "runapp", "killapp"),
    *("globalsetting", "locate", "setprop", "sortWnd"),
)
"""The commands that ldfleet gives."""


def console(scene: Scene, *words: str) -> Run:
    """A command of the LDPlayer that is asked."""
    return Run(argv=(ldconsole_of(scene.folder), *words))


def _bare(_: Scene, heard: Sequence[Heard]) -> Reading:
    said = heard[0].ran
    version = read_banner(said)
    page = {word.decode() for word in _PAGE_WORD.findall(said.stdout)}
    told = f"exit code {said.exit_code}, {_version(version)}, {len(said.stdout)} bytes"
    if not any(line.strip().startswith(b"Commands :") for line in lines(said.stdout)):
        return warning(f"{told}; the page has no `Commands :`, by which ldfleet knows a refusal")
    without = [word for word in _USED if word not in page]
    if without:
        return warning(
            f"{told}; the page does not name {', '.join(without)}",
            "What ldfleet does with these may not work with this build. " + TELL_US,
        )
    return ok(f"{told}; the page names all commands that ldfleet gives")


def _version(version: str | None) -> str:
    return "a banner without a version" if version is None else f"version {version}"


def _for_nobody(scene: Scene) -> Sequence[Ask]:
    index = ("--index", str(NOBODY))
    return (
        console(scene, "isrunning", *index),
        console(scene, "list3", *index),
        console(scene, "operatelist", *index),
        console(scene, "adb", *index, "--command", "get-state"),
    )


def _missing_instance(_: Scene, heard: Sequence[Heard]) -> Reading:
    others: list[str] = []
    for each in heard:
        try:
            check_refusal(each.ran)
        except NoSuchPlayer:
            continue
        except NotUnderstood:
            others.append(f"{_word(each)}: the usage page")
        else:
            others.append(f"{_word(each)}: {_said(each)}")
    if not others:
        return ok(f"`player don't exist!`, with exit code {_codes(heard)}")
    return warning(f"not always `player don't exist!`: {'; '.join(others)}")


def _without_options(scene: Scene) -> Sequence[Ask]:
    return tuple(console(scene, word) for word in ("isrunning", "list3", "action"))


def _missing_options(_: Scene, heard: Sequence[Heard]) -> Reading:
    others = [
        f"{_word(each)}: {_said(each)}"
        for each in heard
        if not _is_refused(each) and _word(each) != "action"  # which has a page of its own
    ]
    if not others:
        return ok(f"the usage page, with exit code {_codes(heard)}")
    return warning(f"not always the usage page: {'; '.join(others)}")


def _is_refused(heard: Heard) -> bool:
    try:
        check_refusal(heard.ran)
    except NotUnderstood:
        return True
    return False


def _one_of_each_state(scene: Scene) -> Sequence[Row]:
    first: dict[int, Row] = {}
    for row in scene.rows:
        first.setdefault(row.state, row)
    return tuple(first.values())


def _of_each_state(scene: Scene, *, word: str) -> Sequence[Ask]:
    asked = (console(scene, word, "--index", str(row.index)) for row in _one_of_each_state(scene))
    return tuple(asked)


def _running_words(scene: Scene, heard: Sequence[Heard]) -> Reading:
    answers: dict[int, bool] = {}
    for row, each in zip(_one_of_each_state(scene), heard, strict=False):
        answers[row.state] = read_is_running(each.ran)
    names = read_names(heard[-1].ran)
    told = [f"{_state(state)}: {'running' if yes else 'stop'}" for state, yes in answers.items()]
    wrong = answers.get(OFF) is True or answers.get(ON) is False
    told.append(f"runninglist names {len(names)}")
    return _judged(scene, ", ".join(told), wrong=wrong)


def _running_asks(scene: Scene) -> Sequence[Ask]:
    return (*_of_each_state(scene, word="isrunning"), console(scene, "runninglist"))


def _list3(scene: Scene, heard: Sequence[Heard]) -> Reading:
    told: list[str] = []
    wrong = False
    for row, each in zip(_one_of_each_state(scene), heard, strict=True):
        brief = parse_list3(each.ran)
        told.append(f"{_state(row.state)}: {brief.state}")
        wrong = wrong or brief.state != row.state or brief.index != row.index
    return _judged(scene, f"its third field is, {', '.join(told)}", wrong=wrong)


def _judged(scene: Scene, told: str, *, wrong: bool) -> Reading:
    """Only what was seen in all three states is settled; a state may have changed between."""
    if wrong:
        return warning(f"{told}; list2 says otherwise", "Ask again; if it stays so: " + TELL_US)
    unseen = [name for state, name in _STATES.items() if all(r.state != state for r in scene.rows)]
    if unseen:
        return unknown(
            f"{told}; no emulator was {' or '.join(unseen)}",
            "Ask again while there are emulators in these states.",
        )
    return ok(told)


def _operatelist(_: Scene, heard: Sequence[Heard]) -> Reading:
    try:
        macros: object = json.loads(heard[0].ran.stdout)
    except ValueError:
        return warning(f"no JSON: {_said(heard[0])}")
    if not isinstance(macros, list):
        return warning(f"JSON, but no list: {_said(heard[0])}")
    return ok(f"a JSON list, here of {len(cast('list[object]', macros))}")


def _needs_running(scene: Scene) -> str | None:
    return None if _running(scene) else "a running emulator"


def _running(scene: Scene) -> Sequence[Row]:
    return [row for row in scene.rows if row.state == ON and row.vm_pid is not None]


def _heard_list2(scene: Scene) -> Heard:
    if scene.list2 is None:
        raise NotUnderstood("list2 was not asked")
    return scene.list2


def _list2_time(scene: Scene, __: Sequence[Heard]) -> Reading:
    heard = _heard_list2(scene)
    _ = heard.ran
    told = f"{heard.seconds:.2f} s with {_count(len(scene.rows))}, the way there included"
    if heard.seconds <= SLOW_LIST:
        return ok(told)
    return warning(told, "Look at the PC's load and disk: its emulators are seen late.")


def _count(rows: int) -> str:
    return f"{rows} emulator{'' if rows == 1 else 's'}"


def _encoding(scene: Scene, __: Sequence[Heard]) -> Reading:
    """The config file has the true name in UTF-8: which page turns it into what was printed?"""
    _ = _heard_list2(scene).ran
    fitting = set(_CODECS)
    pairs = [
        (row.name_bytes, _true_name(scene, row))
        for row in scene.rows
        if not row.name_bytes.isascii()
    ]
    if not pairs:
        return unknown(
            "no emulator has a name outside ASCII to tell it by",
            "Rename one to a Chinese or Cyrillic name, and ask again.",
        )
    for printed, name in pairs:
        fitting &= {codec for codec in _CODECS if _encoded(name, codec) == printed}
    if not fitting:
        return warning("in none of the pages that ldfleet knows")
    told = " or ".join(codec for codec in _CODECS if codec in fitting)
    if fitting & {"utf-8", "gbk"}:
        return ok(told)
    return warning(
        f"{told}, which ldfleet may take for GBK", "Names come from config files. " + TELL_US
    )


def _true_name(scene: Scene, row: Row) -> str:
    """As the config file has it in UTF-8; one that was never renamed has LDPlayer's own."""
    name = written_name(scene.configs.get(row.index))
    return name or (f"{_CHINESE}-{row.index}" if row.index else _CHINESE)


def written_name(content: bytes | None) -> str | None:
    """What a config file calls its emulator; None where it says nothing that can be read."""
    try:
        name = read_object(content or b"").get(NAME)
    except NotUnderstood:
        return None
    return name if isinstance(name, str) else None


def _encoded(name: str, codec: str) -> bytes | None:
    try:
        return name.encode(codec)
    except UnicodeEncodeError:
        return None


def _row_99999(scene: Scene, _: Sequence[Heard]) -> Reading:
    rows = [line for line in lines(_heard_list2(scene).ran.stdout) if _index(line) >= NO_INSTANCE]
    if rows:
        return ok(f"it exists, and ldfleet passes over it: {len(rows)}")
    return ok("it does not exist in this build")


def _index(line: bytes) -> int:
    first = line.split(b",", 1)[0].strip()
    return int(first) if first.isdigit() else -1


def _session_0(scene: Scene, _: Sequence[Heard]) -> Reading:
    heard = _heard_list2(scene)
    if heard.failure is not None:
        raise NotUnderstood(heard.failure.reason)
    players = () if scene.facts is None else scene.facts.players
    without = sum(player.session_id == 0 for player in players)
    if not scene.rows:
        return unknown(f"it answered with no row: {_said(heard)}")
    if without:
        return warning(
            f"list2 answers; {without} running in session 0, where no desktop is",
            "Quit these and launch them by ldfleet, which starts on the desktop (winrm.md 5.3).",
        )
    return ok("list2 answers, and no emulator runs without a desktop")


def _manifests(scene: Scene) -> Sequence[Ask]:
    programs = (ldconsole_of(scene.folder), rf"{scene.folder}\dnplayer.exe")
    return (
        tool("findstr.exe", "/m", "/c:requireAdministrator", *programs),
        tool("findstr.exe", "/m", "/c:highestAvailable", *programs),
        GROUPS,
    )


def _elevation(_: Scene, heard: Sequence[Heard]) -> Reading:
    """Findstr ends with 0 where it found something, with 1 where it did not."""
    administrator, highest, groups = heard
    if {administrator.ran.exit_code, highest.ran.exit_code} - {0, 1} or highest.ran.stderr:
        raise NotUnderstood(f"findstr could not read the programs: {excerpt(highest.ran.stderr)}")
    if administrator.ran.exit_code == 0:
        told = f"{_programs(administrator)}: requireAdministrator"
        if is_elevated(groups.ran.stdout):
            return ok(f"{told}, which the login has")
        return warning(
            f"{told}, and the login has no administrator's rights: error 740",
            "Log in as an administrator, and let the task run with highest rights (winrm.md 5.3).",
        )
    if highest.ran.exit_code == 0:
        return ok(f"{_programs(highest)}: highestAvailable, so it runs with what the login has")
    return ok("none: its programs run with the rights of whoever starts them")


def _programs(heard: Heard) -> str:
    found = [line.rpartition(b"\\")[2].strip().lower() for line in lines(heard.ran.stdout)]
    if not found or set(found) - {b"ldconsole.exe", b"dnplayer.exe"}:
        raise NotUnderstood(f"findstr names other files: {excerpt(heard.ran.stdout)}")
    return " and ".join(name.decode() for name in found)


def _word(heard: Heard) -> str:
    ask = heard.ask
    return ask.argv[1] if isinstance(ask, Run) else ""


def _said(heard: Heard) -> str:
    said = heard.ran
    return f"{excerpt(said.stdout or said.stderr)} and exit code {said.exit_code}"


def _codes(heard: Sequence[Heard]) -> str:
    return " or ".join(str(code) for code in sorted({each.ran.exit_code for each in heard}))


def _state(state: int) -> str:
    return _STATES.get(state, f"state {state}")


_ASKED = "ldconsole.md 13"
PROBES = (
    Probe(
        id="bare",
        question="What does ldconsole say by itself: banner, page, exit code?",
        source=_ASKED,
        of_install=True,
        asks=lambda scene: (console(scene),),
        read=_bare,
    ),
    Probe(
        id="ldconsole-session-0",
        question="Does ldconsole answer from a session without a desktop?",
        source="winrm.md 8.6",
        of_install=True,
        asks=nothing,
        read=_session_0,
    ),
    Probe(
        id="elevation",
        question="Which rights do LDPlayer's programs want (error 740)?",
        source="winrm.md 8.7, ldconsole.md 13",
        of_install=True,
        asks=_manifests,
        read=_elevation,
    ),
    Probe(
        id="missing-instance",
        question="What do looks at an instance say that is not there?",
        source=_ASKED,
        of_install=True,
        asks=_for_nobody,
        read=_missing_instance,
    ),
    Probe(
        id="missing-options",
        question="What do looks say without their options?",
        source=_ASKED,
        of_install=True,
        asks=_without_options,
        read=_missing_options,
    ),
    Probe(
        id="running-words",
        question="What do isrunning and runninglist say in each state, starting above all?",
        source=_ASKED,
        of_install=True,
        asks=_running_asks,
        read=_running_words,
        needs=needs_rows,
    ),
    Probe(
        id="list3",
        question="What does list3 say while an emulator is off, starting, on?",
        source=_ASKED,
        of_install=True,
        asks=partial(_of_each_state, word="list3"),
        read=_list3,
        needs=needs_rows,
    ),
    Probe(
        id="operatelist",
        question="What does operatelist print?",
        source=_ASKED,
        of_install=True,
        asks=lambda scene: (
            console(scene, "operatelist", "--index", str(_running(scene)[0].index)),
        ),
        read=_operatelist,
        needs=_needs_running,
    ),
    Probe(
        id="list2-time",
        question="How long does list2 take, with how many emulators?",
        source=_ASKED,
        of_install=True,
        asks=nothing,
        read=_list2_time,
    ),
    Probe(
        id="list2-encoding",
        question="In which code page does ldconsole print?",
        source="winrm.md 8.6, ldconsole.md 13",
        of_install=True,
        asks=nothing,
        read=_encoding,
    ),
    Probe(
        id="row-99999",
        question="Does list2 have a row 99999?",
        source=_ASKED,
        of_install=True,
        asks=nothing,
        read=_row_99999,
    ),
)
