"""Questions about Windows and the way to it (winrm.md 8).

Windows' own programs speak the language of the PC: only numbers, SIDs, registry names and XML
are read of what they print.
"""

import csv
import re
from collections.abc import Mapping, Sequence

from ldfleet.domain.workstation import LoginMethod, TransportKind
from ldfleet.ldplayer.probes.probe import (
    DEADLINE,
    Ask,
    Heard,
    Probe,
    Reading,
    Run,
    Scene,
    ok,
    unknown,
    warning,
)
from ldfleet.ldplayer.text import NotUnderstood, excerpt, lines

SYSTEM32 = r"C:\Windows\System32"
ADMINISTRATORS = "S-1-5-32-544"
HIGH, SYSTEM = "S-1-16-12288", "S-1-16-16384"
"""The mandatory labels of an elevated program, and of the system itself."""
_LSA = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0"
_CODE_PAGES = r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage"
_TASK = r"\LDFleet\Desktop"
_DENIES_ALL = 2
_ACCOUNT = re.compile(rb"[^\\\s][^\\\r\n\0]*\\[^\\\r\n\0]+")
_DWORD = re.compile(rb"^ {4}(\S+) {4}REG_DWORD {4}0x([0-9a-fA-F]{1,8})\r*$", re.MULTILINE)
_PAGE = re.compile(rb"^ {4}(ACP|OEMCP) {4}REG_SZ {4}(\d+)\r*$", re.MULTILINE)
_PREPARE = "Run the script of `ldfleet workstations prepare` on the PC (again)."
_BY_NTLM = frozenset({LoginMethod.NTLM, LoginMethod.NEGOTIATE})
_LOWEST = {"MaxShellsPerUser": 5, "MaxProcessesPerShell": 15, "MaxMemoryPerShellMB": 150}
"""What ldfleet's shells need: 3 of them, each with cmd.exe and a program (architecture.md 5)."""


def tool(name: str, *arguments: str, desktop: bool = False, deadline: float = DEADLINE) -> Run:
    """A program of Windows by its full path: one that is missing is told from one that refuses."""
    return Run(argv=(rf"{SYSTEM32}\{name}", *arguments), desktop=desktop, deadline=deadline)


WHOAMI = tool("whoami.exe")
GROUPS = tool("whoami.exe", "/groups", "/fo", "csv", "/nh")
_WINRM_CONFIG = tool(
    "cscript.exe", "//nologo", rf"{SYSTEM32}\winrm.vbs", "get", "winrm/config", deadline=40.0
)
_CMDS = ("/FI", "IMAGENAME eq cmd.exe", "/FO", "CSV", "/NH")
_OWN_SESSION = ("/FI", "IMAGENAME eq tasklist.exe", "/FO", "CSV", "/NH")


def is_elevated(groups: bytes) -> bool:
    """Whether a program with these groups has an administrator's full rights."""
    sids = _sids(groups)
    return HIGH in sids or SYSTEM in sids


def registry_numbers(printed: bytes) -> Mapping[str, int]:
    """The REG_DWORD values that reg.exe printed."""
    found = _DWORD.findall(printed)
    return {name.decode("ascii", "replace"): int(value, 16) for name, value in found}


def _over_winrm(scene: Scene) -> str | None:
    return None if scene.address.transport is TransportKind.WINRM else "a way over WinRM"


def _skip_cmd_shell(_: Scene, heard: Sequence[Heard]) -> Reading:
    """Through cmd.exe there is one more of it than without."""
    full, named = (len(_tasks(each)) for each in heard)
    if named == 0:
        raise NotUnderstood("tasklist sees no cmd.exe where one must be")
    if full < named:
        return ok("honoured: a program named by its full path starts without cmd.exe")
    return warning(
        "ignored, or another program uses cmd.exe just now: it stands before every program",
        "Nothing is to be mended, arguments are quoted for both. Ask again while nothing else "
        "runs, and send the bundle.",
    )


def _session(scene: Scene, heard: Sequence[Heard]) -> Reading:
    own = _tasks(heard[0])
    if not own:
        raise NotUnderstood("tasklist does not see itself")
    sessions = {int(each[3]) for each in own}
    if len(sessions) > 1:
        return unknown(f"several at once, in sessions {sorted(sessions)}", "Ask again.")
    (number,) = sessions
    local = scene.address.transport is TransportKind.LOCAL
    if number == 0 or local:
        return ok(f"session {number}{', which has no desktop' if number == 0 else ''}")
    return warning(f"session {number}, though nobody logged on for it")


def _rights(_: Scene, heard: Sequence[Heard]) -> Reading:
    groups = heard[0].ran.stdout
    member = ADMINISTRATORS in _sids(groups)
    if is_elevated(groups):
        return ok("the login has an administrator's full rights")
    if member:
        return warning(
            "an administrator's login with a filtered token",
            "Set LocalAccountTokenFilterPolicy to 1, or use the account that "
            "`ldfleet workstations prepare` makes (winrm.md 5.2).",
        )
    return ok("the login is no administrator, and its commands run all the same")


def _root_sddl(_: Scene, heard: Sequence[Heard]) -> Reading:
    config, groups = heard
    settings = _settings(config)
    sddl = settings.get("RootSDDL")
    if sddl is None:
        raise NotUnderstood("winrm/config has no RootSDDL")
    if ADMINISTRATORS in _sids(groups.ran.stdout):
        return unknown(f"{sddl}; the login is an administrator, for whom it always suffices")
    return ok(f"{sddl} lets a login in that is no administrator")


def _quotas(_: Scene, heard: Sequence[Heard]) -> Reading:
    settings = _settings(heard[0])
    names = (*_LOWEST, "MaxConcurrentOperationsPerUser", "MaxEnvelopeSizekb", "IdleTimeout")
    found = {name: settings[name] for name in names if settings.get(name, "").isdigit()}
    if not found:
        raise NotUnderstood(f"no quota in {excerpt(heard[0].ran.stdout)}")
    told = ", ".join(f"{name} {value}" for name, value in found.items())
    low = [name for name, least in _LOWEST.items() if name in found and int(found[name]) < least]
    if low:
        raised = ", ".join(f"{name} to {_LOWEST[name]} or more" for name in low)
        return warning(told, f"Raise on the PC, in winrm/config/winrs: {raised}.")
    return ok(told)


def _task(_: Scene, heard: Sequence[Heard]) -> Reading:
    task, own, there = heard
    if there.failure is not None:
        return warning(there.failure.reason, there.failure.hint or _PREPARE)
    if task.ran.exit_code != 0:
        return warning(f"the task {_TASK} is not there", _PREPARE)
    text = task.ran.stdout.replace(b"\0", b"").decode("utf-8", "replace")
    kind = _element(text, "LogonType") or ("Group" if _element(text, "GroupId") else None)
    if kind is None:
        raise NotUnderstood(f"no principal in {excerpt(task.ran.stdout)}")
    if kind not in {"InteractiveToken", "Group"}:
        return warning(f"the task logs on by itself ({kind})", _PREPARE)
    same = _account(own) == _account(there)
    who = "the login itself" if same else "another account than the login"
    level = _element(text, "RunLevel") or "LeastPrivilege"
    return ok(f"yes: it ran as {who}, with {level} and no stored password")


def _account(heard: Heard) -> bytes:
    name = heard.ran.stdout.strip().lower()
    if not _ACCOUNT.fullmatch(name):
        raise NotUnderstood(f"whoami names no account: {excerpt(name)}")
    return name


def _ntlm(scene: Scene, heard: Sequence[Heard]) -> Reading:
    printed = heard[0].ran
    if printed.exit_code != 0:
        raise NotUnderstood(f"reg.exe ended with {printed.exit_code}")
    if b"MSV1_0" not in printed.stdout:
        raise NotUnderstood(f"reg.exe names another key: {excerpt(printed.stdout)}")
    level = registry_numbers(printed.stdout).get("RestrictReceivingNTLMTraffic", 0)
    if level < _DENIES_ALL:
        return ok("the PC takes NTLM logins")
    by_ntlm = scene.address.transport is TransportKind.WINRM and scene.address.login in _BY_NTLM
    if not by_ntlm:
        return ok("the PC takes no NTLM logins, and this login needs none")
    return warning(
        "the PC takes no NTLM logins, and this one may be one",
        "Log in by client certificate, Basic over TLS, Kerberos, or SSH (winrm.md 5.7).",
    )


def _code_pages(_: Scene, heard: Sequence[Heard]) -> Reading:
    found = _PAGE.findall(heard[0].ran.stdout)
    if not found:
        raise NotUnderstood("reg.exe printed no code page")
    return ok(", ".join(f"{name.decode()} {page.decode()}" for name, page in found))


def _tasks(heard: Heard) -> list[list[str]]:
    """The rows of tasklist's CSV; its sentence for none is in the PC's language, and no row."""
    text = heard.ran.stdout.decode("utf-8", "replace")
    rows = list(csv.reader(text.splitlines()))
    fields = 5
    if rows and not text.lstrip().startswith('"'):
        return []
    if any(row and (len(row) != fields or not row[3].isdigit()) for row in rows) or not rows:
        raise NotUnderstood(f"no table of tasklist: {excerpt(heard.ran.stdout)}")
    return [row for row in rows if row]


def _sids(groups: bytes) -> frozenset[str]:
    found = frozenset(sid.decode() for sid in re.findall(rb'"(S-1-[0-9-]+)"', groups))
    if not found:
        raise NotUnderstood(f"whoami printed no groups: {excerpt(groups)}")
    return found


def _settings(heard: Heard) -> Mapping[str, str]:
    if heard.ran.exit_code != 0:
        raise NotUnderstood(f"winrm get ended with exit code {heard.ran.exit_code}")
    pairs = (line.decode("utf-8", "replace").partition(" = ") for line in lines(heard.ran.stdout))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _element(xml: str, name: str) -> str | None:
    found = re.search(rf"<{name}>([^<]*)</{name}>", xml)
    return found[1].strip() if found else None


def _two_tasklists(_: Scene) -> Sequence[Ask]:
    return tool("tasklist.exe", *_CMDS), Run(argv=("tasklist.exe", *_CMDS))


PROBES = (
    Probe(
        id="skip-cmd-shell",
        question="Does WinRS start a program without cmd.exe when it is told to?",
        source="winrm.md 8.1",
        asks=_two_tasklists,
        read=_skip_cmd_shell,
        needs=_over_winrm,
    ),
    Probe(
        id="session",
        question="In which session do commands run?",
        source="winrm.md 8.6",
        asks=lambda _: (tool("tasklist.exe", *_OWN_SESSION),),
        read=_session,
    ),
    Probe(
        id="login-rights",
        question="Which rights does the login have there?",
        source="winrm.md 8.7",
        asks=lambda _: (GROUPS,),
        read=_rights,
    ),
    Probe(
        id="root-sddl",
        question="Does WinRM's RootSDDL let in a login that is no administrator?",
        source="winrm.md 8.8",
        asks=lambda _: (_WINRM_CONFIG, GROUPS),
        read=_root_sddl,
        needs=_over_winrm,
    ),
    Probe(
        id="winrm-quotas",
        question="Which quotas does WinRM set?",
        source="winrm.md 5.1",
        asks=lambda _: (_WINRM_CONFIG,),
        read=_quotas,
        needs=_over_winrm,
    ),
    Probe(
        id="desktop-task",
        question="Does the task run for another user without a stored password?",
        source="winrm.md 8.9",
        asks=lambda _: (
            tool("schtasks.exe", "/Query", "/TN", _TASK, "/XML"),
            WHOAMI,
            tool("whoami.exe", desktop=True, deadline=30.0),
        ),
        read=_task,
        answers=frozenset({"desktop_task_missing"}),
    ),
    Probe(
        id="ntlm",
        question="Does the PC still take NTLM logins?",
        source="winrm.md 8.10",
        asks=lambda _: (tool("reg.exe", "query", _LSA),),
        read=_ntlm,
    ),
    Probe(
        id="code-pages",
        question="Which code pages does Windows use?",
        source="winrm.md 8.6",
        asks=lambda _: (tool("reg.exe", "query", _CODE_PAGES),),
        read=_code_pages,
    ),
)
