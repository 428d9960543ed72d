"""How the answers of a PC are read, from what real ones printed and from what they may."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ldfleet.domain.checkup import Finding, Verdict
from ldfleet.domain.facts import Install
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.workstation import Address, LoginMethod, TransportKind
from ldfleet.ldplayer.outputs import parse_list2
from ldfleet.ldplayer.probes import still_open
from ldfleet.ldplayer.probes.files import shape_of
from ldfleet.ldplayer.probes.probe import Failure, Heard, Probe, Run, Scene
from ldfleet.ldplayer.probes.table import PROBES
from ldplayer.golden_files import golden

OK, WARNING, UNKNOWN = Verdict.OK, Verdict.WARNING, Verdict.UNKNOWN
LD9 = Install(
    path=r"C:\LDPlayer\LDPlayer9",
    generation=9,
    version="9.5.32.0",
    data_path=r"C:\LDPlayer\LDPlayer9\vms",
)
BY_ID = {probe.id: probe for probe in PROBES}
PAGE = (
    b"dnplayer Command Line Management Interface\r\n\r\nUsage :\r\n\r\nCommands :\r\n"
    b"\tquit <--name mnq_name | --index mnq_idx>\r\n"
)
WORDS = (
    b"list2 add copy remove rename modify launch quitall reboot backup restore adb installapp "
    b"uninstallapp runapp killapp globalsetting locate setprop sortWnd\r\n"
)
NOBODY = b"player don't exist!"
CMD = b'"cmd.exe","4711","Services","0","3,120 K"\r\n'
NO_TASK = "INFORMATION: Es werden keine Aufgaben mit den angegebenen Kriterien ausgef\u00fchrt.\r\n"
FULL = b'"BUILTIN\\Administrators","Alias","S-1-5-32-544","Mandatory group, Group owner"\r\n'
HIGH = b'"Mandatory Label\\High Mandatory Level","Label","S-1-16-12288",""\r\n'
MEDIUM = b'"Verbindliche Beschriftung","Bezeichnung","S-1-16-8192",""\r\n'
USERS = b'"BUILTIN\\Users","Alias","S-1-5-32-545","Mandatory group"\r\n'
SDDL = b"O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)"
WINRM = (
    b"Config\r\n    MaxEnvelopeSizekb = 500\r\n    Service\r\n        RootSDDL = " + SDDL + b"\r\n"
    b"        MaxConcurrentOperationsPerUser = 1500\r\n    Winrs\r\n"
    b"        MaxShellsPerUser = 30\r\n        MaxProcessesPerShell = 25\r\n"
)
TASK = (
    b"<Principal><UserId>PC\\player</UserId><LogonType>InteractiveToken</LogonType>"
    b"<RunLevel>HighestAvailable</RunLevel></Principal>"
)
LSA = b"\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\...\\MSV1_0\r\n"
KEY = (
    b"\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\leidian\\ldplayer14\r\n"
    b"    InstallDir    REG_SZ    C:\\LDPlayer\\LDPlayer9\\\r\n\r\n"
)
PORTS = (
    b"\r\nAktive Verbindungen\r\n\r\n"
    b"  TCP    0.0.0.0:135            0.0.0.0:0              ABH\x99REN         1052\r\n"
    b"  TCP    %s:5555         0.0.0.0:0              ABH\x99REN         4242\r\n"
    b"  TCP    10.0.0.5:5555         10.0.0.9:50001         HERGESTELLT     4242\r\n"
)


def said(stdout: bytes = b"", code: int = 0, *, stderr: bytes = b"") -> ProcessResult:
    return ProcessResult(exit_code=code, stdout=stdout, stderr=stderr)


def a_scene(rows: bytes = b"0,LDPlayer,0,0,0,-1,-1,960,540,160\r\n", **changes: Any) -> Scene:
    asked = Run(argv=("ldconsole.exe", "list2"))
    scene: dict[str, Any] = {
        "address": Address(host="10.0.0.5", port=5986),
        "install": LD9,
        "list2": Heard(ask=asked, seconds=0.4, result=said(rows)),
        "rows": parse_list2(said(rows)),
    }
    return Scene(**{**scene, **changes})


def finding(probe_id: str, *results: ProcessResult, scene: Scene | None = None) -> Finding:
    """What the probe makes of these answers to what it asks."""
    scene = scene or a_scene()
    probe = BY_ID[probe_id]
    asks = probe.asks(scene)
    assert len(asks) == len(results), "a test answers what is asked"
    heard = [
        Heard(ask=ask, seconds=0.1, result=result)
        for ask, result in zip(asks, results, strict=True)
    ]
    return probe.finding(scene, heard)


def test_every_open_question_of_the_reference_is_in_the_table_once() -> None:
    assert len({probe.id for probe in PROBES}) == len(PROBES)
    numbers = {
        found for probe in PROBES for found in re.findall(r"winrm\.md 8\.(\d+)", probe.source)
    }

    assert numbers == {str(number) for number in range(1, 11)}
    assert all(probe.question.endswith("?") for probe in PROBES)


@pytest.mark.parametrize(
    ("probe", "results", "verdict", "words"),
    [
        ("skip-cmd-shell", [said(NO_TASK.encode("cp850"), 0), said(CMD)], OK, "honoured"),
        ("skip-cmd-shell", [said(CMD), said(CMD)], WARNING, "ignored"),
        ("skip-cmd-shell", [said(b""), said(b"")], UNKNOWN, "no table"),
        ("session", [said(b'"tasklist.exe","9","Services","0","9 K"\r\n')], OK, "session 0"),
        ("session", [said(b'"tasklist.exe","9","Console","1","9 K"\r\n')], WARNING, "session 1"),
        ("session", [said(b'"tasklist.exe","9"\r\n')], UNKNOWN, "no table of tasklist"),
        ("login-rights", [said(FULL + HIGH)], OK, "full rights"),
        ("login-rights", [said(FULL + MEDIUM)], WARNING, "filtered token"),
        ("login-rights", [said(USERS + MEDIUM)], OK, "no administrator"),
        ("login-rights", [said(b"\x81\x8d\x00")], UNKNOWN, "no groups"),
        ("root-sddl", [said(WINRM), said(FULL + HIGH)], UNKNOWN, "always suffices"),
        ("root-sddl", [said(WINRM), said(USERS + MEDIUM)], OK, SDDL.decode()),
        ("root-sddl", [said(b"", 5), said(USERS)], UNKNOWN, "exit code 5"),
        ("winrm-quotas", [said(WINRM)], OK, "MaxShellsPerUser 30"),
        ("winrm-quotas", [said(WINRM.replace(b"User = 30", b"User = 2"))], WARNING, "User 2"),
        ("winrm-quotas", [said(b"Fehler\r\n")], UNKNOWN, "no quota"),
        ("desktop-task", [said(TASK), said(b"pc\\ops"), said(b"pc\\player")], OK, "another"),
        ("desktop-task", [said(TASK), said(b"pc\\p\r\n"), said(b"PC\\P")], OK, "login itself"),
        (
            "desktop-task",
            [said(TASK.replace(b"InteractiveToken", b"Password")), said(b"pc\\a"), said(b"pc\\a")],
            WARNING,
            "logs on by itself (Password)",
        ),
        ("desktop-task", [said(b"<Task/>"), said(b"p\\a"), said(b"p\\a")], UNKNOWN, "no princ"),
        ("desktop-task", [said(TASK), said(b""), said(b"")], UNKNOWN, "names no account"),
        ("desktop-task", [said(b"", 1), said(b"pc\\a"), said(b"pc\\a")], WARNING, "is not there"),
        ("ntlm", [said(LSA)], OK, "takes NTLM"),
        ("ntlm", [said(LSA, 1)], UNKNOWN, "reg.exe ended with 1"),
        ("ntlm", [said(b"\x00\xff,,")], UNKNOWN, "names another key"),
        (
            "ntlm",
            [said(LSA + b"    RestrictReceivingNTLMTraffic    REG_DWORD    0x2\r\n")],
            WARNING,
            "takes no NTLM",
        ),
        ("code-pages", [said(b"    ACP    REG_SZ    936\r\n")], OK, "ACP 936"),
        ("code-pages", [said(b"")], UNKNOWN, "no code page"),
        ("bare", [said(PAGE, 1)], WARNING, "does not name list2, add"),
        ("bare", [said(b"dnplayer v14.0.25.1 Command Line M")], WARNING, "version 14.0.25.1"),
        ("bare", [said(b"Hello")], UNKNOWN, "banner"),
        ("bare", [said(PAGE + WORDS)], OK, "names all commands"),
        ("missing-instance", [said(NOBODY)] * 4, OK, "exit code 0"),
        ("missing-instance", [said(NOBODY), said(PAGE), said(b""), said(NOBODY)], WARNING, "list3"),
        ("missing-options", [said(PAGE), said(PAGE), said(b"action <key>")], OK, "usage page"),
        ("missing-options", [said(b"stop"), said(PAGE), said(PAGE)], WARNING, "isrunning"),
        (
            "elevation",
            [said(b"C:\\LDPlayer\\LDPlayer9\\dnplayer.exe\r\n"), said(b"", 1), said(FULL + MEDIUM)],
            WARNING,
            "dnplayer.exe: requireAdministrator",
        ),
        (
            "elevation",
            [said(b"C:\\LDPlayer\\LDPlayer9\\dnplayer.exe\r\n"), said(b"", 1), said(FULL + HIGH)],
            OK,
            "which the login has",
        ),
        ("elevation", [said(b"", 1), said(b"C:\\ldconsole.exe"), said(HIGH)], OK, "highestAvail"),
        ("elevation", [said(b"", 1), said(b"", 1), said(HIGH)], OK, "whoever starts them"),
        (
            "elevation",
            [said(b"\x00,,"), said(b"", 1), said(HIGH)],
            UNKNOWN,
            "names other files",
        ),
        (
            "elevation",
            [said(b"", 1), said(b"", 1, stderr=b"FINDSTR: Cannot open"), said(HIGH)],
            UNKNOWN,
            "could not read",
        ),
        ("registry", [said(b"", 1), said(KEY), *[said(b"", 1)] * 4], OK, "leidian"),
        ("registry", [said(b"", 1)] * 6, WARNING, "named by none"),
        ("adb-binding", [said(PORTS % b"127.0.0.1")], OK, "5555"),
        ("adb-binding", [said(PORTS % b"0.0.0.0")], WARNING, "without a login"),
        ("adb-binding", [said(PORTS.replace(b":5555", b":5557") % b"0.0.0.0")], UNKNOWN, "no emul"),
        ("adb-binding", [said(b"Zugriff verweigert")], UNKNOWN, "netstat names no port"),
        ("list2-time", [], OK, "0.40 s with 1 emulator"),
        ("row-99999", [], OK, "does not exist"),
        ("ldconsole-session-0", [], OK, "list2 answers"),
        ("list2-encoding", [], UNKNOWN, "outside ASCII"),
    ],
)  # fmt: skip
def test_an_answer_becomes_a_finding(
    probe: str, results: Sequence[ProcessResult], verdict: Verdict, words: str
) -> None:
    found = finding(probe, *results)

    assert (found.verdict, words in found.answer) == (verdict, True), found.answer
    assert found.remedy is not None or verdict is not WARNING


def test_one_without_an_answer_is_unknown_with_what_mends_it() -> None:
    failure = Failure(code="program_not_found", reason="There is no netstat.exe.", hint="Add it.")
    asked = Run(argv=("netstat.exe",))

    found = BY_ID["adb-binding"].finding(
        a_scene(), [Heard(ask=asked, seconds=0.1, failure=failure)]
    )

    assert (found.verdict, found.answer, found.remedy) == (UNKNOWN, failure.reason, failure.hint)


def test_a_pc_without_the_desktop_task_is_to_be_prepared() -> None:
    asked = Run(argv=("whoami.exe",))
    failure = Failure(code="desktop_task_missing", reason="It is not there.", hint="Prepare it.")
    heard = [
        Heard(ask=asked, seconds=0.1, result=said(b"", 1)),
        Heard(ask=asked, seconds=0.1, result=said(b"pc\\ops")),
        Heard(ask=asked, seconds=0.1, failure=failure),
    ]

    found = BY_ID["desktop-task"].finding(a_scene(), heard)

    assert (found.verdict, found.remedy) == (WARNING, "Prepare it.")


def test_ntlm_that_is_switched_off_matters_only_to_who_logs_in_by_it() -> None:
    address = Address(
        host="10.0.0.5", port=22, transport=TransportKind.SSH, tls=False, login=LoginMethod.KEY
    )
    off = LSA + b"    RestrictReceivingNTLMTraffic    REG_DWORD    0x2\r\n"

    assert finding("ntlm", said(off), scene=a_scene(address=address)).verdict is OK


ROWS = (
    b"0,LDPlayer,0,0,0,-1,-1,960,540,160\r\n"
    b"1,one,724694,331372,2,26036,-1,1280,720,240\r\n"
    b"2,two,724694,331372,1,26036,29752,1280,720,240\r\n"
)


def test_words_and_list3_are_settled_once_all_three_states_were_seen() -> None:
    scene = a_scene(ROWS)
    words = [said(b"stop"), said(b"running"), said(b"running"), said(b"one\r\ntwo\r\n")]
    rows = [said(b"0,LDPlayer,0,960,540,160"), said(b"1,one,2,9,9,9"), said(b"2,two,1,9,9,9")]

    running = finding("running-words", *words, scene=scene)
    brief = finding("list3", *rows, scene=scene)

    assert running.answer == "off: stop, starting: running, on: running, runninglist names 2"
    assert (running.verdict, brief.verdict) == (OK, OK)
    assert brief.answer == "its third field is, off: 0, starting: 2, on: 1"


def test_a_state_that_list2_tells_otherwise_is_a_warning() -> None:
    found = finding("list3", said(b"0,LDPlayer,1,960,540,160"))

    assert (found.verdict, "list2 says otherwise" in found.answer) == (WARNING, True)


@pytest.mark.parametrize(
    ("page", "verdict"), [("gbk", OK), ("utf-8", OK), ("cp1251", WARNING), ("koi8-r", WARNING)]
)
def test_the_code_page_is_told_by_a_name_that_the_config_file_has(
    page: str, verdict: Verdict
) -> None:
    rows = "0,Ферма,0,0,0,-1,-1,960,540,160\r\n".encode(page)
    config = '{"statusSettings.playerName": "Ферма"}'.encode()

    found = finding("list2-encoding", scene=a_scene(rows, configs={0: config}))

    assert found.verdict is verdict
    assert page in found.answer or page == "koi8-r"


@pytest.mark.parametrize("file", ["list2_alas_9_gbk.txt", "list2_alas_9_utf8.txt"])
def test_ldplayers_own_chinese_name_tells_the_page_too(file: str) -> None:
    found = finding("list2-encoding", scene=a_scene(golden(file)))

    assert found.answer == ("gbk" if "gbk" in file else "utf-8")


def test_a_row_99999_is_seen() -> None:
    rows = b"0,LDPlayer,0,0,0,-1,-1,960,540,160\r\n99999,,0,0,0,-1,-1,0,0,0\r\n"

    assert "it exists" in finding("row-99999", scene=a_scene(rows)).answer


@pytest.mark.parametrize(
    ("config", "verdict", "words"),
    [
        (b'{\n    "a": 1,\n    "b": {}\n}', OK, "no BOM, LF, indent '    ', 2 keys"),
        (b'\xef\xbb\xbf{\r\n\t"a": 1\r\n}', WARNING, "with a BOM, CRLF, indent '\\t', 1 keys"),
        (b'{\n    "a": 1,\n    "b"', WARNING, "no JSON: leidian0.config"),
    ],
)
def test_config_files_are_told_by_their_bytes(config: bytes, verdict: Verdict, words: str) -> None:
    found = finding("config-bytes", scene=a_scene(configs={0: config}))

    assert (found.verdict, words in found.answer) == (verdict, True), found.answer


def test_the_shape_of_a_file_does_not_tell_what_it_says() -> None:
    shape = shape_of(
        b'{"name": "Anna", "imei": 356938035643809, "fps": 60, "on": true, "o": {"w": 1}}'
    )

    assert dict(shape.types) == {
        "name": "text of 4",
        "imei": "number of 15 digits",
        "fps": "60",
        "on": "True",
        "o": "object of w",
    }


@pytest.mark.parametrize(
    "probe",
    [each for each in PROBES if each.needs(Scene(address=Address(host="a", port=1), install=LD9))],
    ids=lambda each: each.id,
)
def test_what_can_not_be_asked_says_what_asking_needs(probe: Probe) -> None:
    scene = Scene(address=Address(host="a", port=1), install=LD9)

    found = probe.not_asked(scene, probe.needs(scene) or "")

    assert (found.asked, found.verdict) == (False, UNKNOWN)
    assert found.answer.startswith("not asked: needs ")


def test_the_table_of_what_is_verified_names_every_probe() -> None:
    page = (Path(__file__).parents[2] / "docs" / "verification.md").read_text("utf-8")
    last = [line.rsplit("|", 2)[1] for line in page.splitlines() if line.startswith("| ")]
    named = set(re.findall(r"`([a-z0-9-]+)`", "".join(last))) - {"local"}

    assert named <= set(BY_ID)
    changing = {each.id for each in still_open.PROBES if each.of_install}
    assert set(BY_ID) - changing - {"code-pages"} <= named
