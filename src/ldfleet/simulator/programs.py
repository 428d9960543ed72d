"""Windows' own little programs, as far as a fleet manager looks at their output."""

import csv
import io

from ldfleet.simulator import diagnostics
from ldfleet.simulator.host import Invocation, Program
from ldfleet.simulator.processes import Process
from ldfleet.simulator.registry import full_name
from ldfleet.simulator.sessions import Sessions
from ldfleet.simulator.tasks import Scheduler, Task

NOT_FOUND = 128


async def hostname(invocation: Invocation) -> int:
    invocation.out(f"{invocation.host.name}\r\n")
    return 0


async def whoami(invocation: Invocation) -> int:
    if "/groups" in [word.lower() for word in invocation.argv[1:]]:
        invocation.out(diagnostics.groups(invocation))
        return 0
    user = invocation.start.user
    name = user if "\\" in user else f"{invocation.host.name}\\{user}"
    invocation.out(f"{name.lower()}\r\n")
    return 0


async def reg(invocation: Invocation) -> int:
    """`reg query KEY [/v NAME] [/s]`."""
    words = invocation.argv[1:]
    if len(words) < 2 or words[0].lower() != "query":  # noqa: PLR2004 - the verb and its key
        invocation.err('ERROR: Invalid syntax.\r\nType "REG /?" for usage.\r\n')
        return 1
    options = [word.lower() for word in words[2:]]
    wanted = words[2 + options.index("/v") + 1] if "/v" in options[:-1] else None
    text = _keys(invocation, words[1], wanted, deep="/s" in options)
    if not text:
        invocation.err(
            "ERROR: The system was unable to find the specified registry key or value.\r\n"
        )
        return 1
    invocation.out(text + "\r\n")
    return 0


def _keys(invocation: Invocation, key: str, wanted: str | None, *, deep: bool) -> str:
    registry = invocation.host.registry
    if registry.get(key) is None:
        return ""
    below = registry.subkeys(key, deep=deep)
    blocks: list[str] = []
    for name in [full_name(key), *(below if deep else [])]:
        values = (registry.get(name) or ("", {}))[1]
        rows = [
            f"    {value}    {_typed(text)}\r\n"
            for value, text in values.items()
            if wanted is None or value.lower() == wanted.lower()
        ]
        if rows:
            blocks.append(f"\r\n{name}\r\n{''.join(rows)}")
    if wanted is None and not deep and below:
        blocks.append("\r\n" + "".join(f"{name}\r\n" for name in below))
    return "".join(blocks)


def _typed(value: str | int) -> str:
    return f"REG_DWORD    {value:#x}" if isinstance(value, int) else f"REG_SZ    {value}"


def quser(sessions: Sessions) -> Program:
    async def program(invocation: Invocation) -> int:
        invocation.host.settle()
        if sessions.number is None:
            invocation.err("No User exists for *\r\n")
            return 1
        live = "Active" if sessions.live else "Disc"
        name = "console" if sessions.live else ""
        clock = invocation.host.clock
        began = clock.wall() - clock.now() + sessions.logged_on_at
        at = clock.stamp(began)[:16].replace("T", " ")
        invocation.out(
            " USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\r\n"
            f" {sessions.user:<22}{name:<18}{sessions.number:>3}  {live:<8}     none  {at}\r\n"
        )
        return 0

    return program


async def tasklist(invocation: Invocation) -> int:
    """`tasklist [/FI "NAME eq VALUE"]… [/FO CSV|TABLE] [/NH]`."""
    words = invocation.argv[1:]
    options = [word.lower() for word in words]
    filters = [words[at + 1] for at, word in enumerate(options[:-1]) if word == "/fi"]
    rows = [
        row
        for row in invocation.host.processes.all()
        if all(_matches(row, condition) for condition in filters)
    ]
    if not rows:
        invocation.out("INFO: No tasks are running which match the specified criteria.\r\n")
        return 0
    as_csv = "csv" in options
    head = "/nh" not in options
    invocation.out(_csv(rows, head=head) if as_csv else _table(rows, head=head))
    return 0


def _matches(row: Process, condition: str) -> bool:
    name, operator, value = (*condition.split(None, 2), "", "", "")[:3]
    facts = {"imagename": row.name, "pid": str(row.pid), "session": str(row.session)}
    same = facts.get(name.lower(), "").lower() == value.lower()
    return same if operator.lower() == "eq" else not same


def _fields(row: Process) -> list[str]:
    session = "Services" if row.session == 0 else "Console"
    return [row.name, str(row.pid), session, str(row.session), f"{row.working_set // 1024:,} K"]


def _csv(rows: list[Process], *, head: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if head:
        writer.writerow(["Image Name", "PID", "Session Name", "Session#", "Mem Usage"])
    writer.writerows(_fields(row) for row in rows)
    return text.getvalue()


def _table(rows: list[Process], *, head: bool) -> str:
    lines = ["", "Image Name                     PID Session Name        Session#    Mem Usage"]
    lines.append("========================= ======== ================ =========== ============")
    body = ["{:<25} {:>8} {:<16} {:>11} {:>12}".format(*_fields(row)) for row in rows]
    return "\r\n".join([*(lines if head else []), *body]) + "\r\n"


async def taskkill(invocation: Invocation) -> int:
    """`taskkill /F (/PID N | /IM NAME)… [/T]`."""
    words = invocation.argv[1:]
    options = [word.lower() for word in words]
    wanted = [
        (option, words[at + 1])
        for at, option in enumerate(options[:-1])
        if option in {"/pid", "/im"}
    ]
    if not wanted:
        invocation.err('ERROR: Invalid syntax.\r\nType "TASKKILL /?" for usage.\r\n')
        return 1
    force, tree = "/f" in options, "/t" in options
    codes = [_kill(invocation, by, what, force=force, tree=tree) for by, what in wanted]
    invocation.host.settle()
    return max(codes)


def _kill(invocation: Invocation, by: str, what: str, *, force: bool, tree: bool) -> int:
    table = invocation.host.processes
    by_pid = table.get(int(what)) if by == "/pid" and what.isdigit() else None
    rows = ([by_pid] if by_pid else []) if by == "/pid" else table.named(what)
    if not rows:
        invocation.err(f'ERROR: The process "{what}" not found.\r\n')
        return NOT_FOUND
    for row in rows:
        if not force:
            # A window is closed by a message, and messages do not cross sessions.
            invocation.err(
                f"ERROR: The process with PID {row.pid} could not be terminated.\r\nReason: This"
                " process can only be terminated forcefully (with /F option).\r\n"
            )
            return 1
        table.kill([*(table.descendants(row.pid) if tree else []), row])
        invocation.out(f"SUCCESS: The process with PID {row.pid} has been terminated.\r\n")
    return 0


def schtasks(scheduler: Scheduler) -> Program:
    """`schtasks /Query [/XML]|/Run /TN NAME`."""

    async def program(invocation: Invocation) -> int:
        words = invocation.argv[1:]
        options = [word.lower() for word in words]
        name = words[options.index("/tn") + 1] if "/tn" in options[:-1] else ""
        task = scheduler.find(name)
        if task is None:
            invocation.err("ERROR: The system cannot find the file specified.\r\n")
            return 1
        if "/run" in options:
            scheduler.run(task)
            invocation.out(f'SUCCESS: Attempted to run the scheduled task "{task.path}".\r\n')
            return 0
        shown = _task_xml if "/xml" in options else _task
        invocation.out(shown(invocation, task))
        return 0

    return program


def _task_xml(invocation: Invocation, task: Task) -> str:
    """As Register-ScheduledTask makes it of a principal with an interactive token."""
    user = f"{invocation.host.name}\\{task.user}"
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2" '
        'xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\r\n'
        f"  <RegistrationInfo>\r\n    <Author>{user}</Author>\r\n    <URI>{task.path}</URI>\r\n"
        '  </RegistrationInfo>\r\n  <Principals>\r\n    <Principal id="Author">\r\n'
        f"      <UserId>{user}</UserId>\r\n      <LogonType>InteractiveToken</LogonType>\r\n"
        "      <RunLevel>HighestAvailable</RunLevel>\r\n    </Principal>\r\n  </Principals>\r\n"
        f'  <Actions Context="Author">\r\n    <Exec>\r\n      <Command>{task.action}</Command>'
        "\r\n    </Exec>\r\n  </Actions>\r\n</Task>\r\n"
    )


def _task(invocation: Invocation, task: Task) -> str:
    ran = invocation.host.clock.stamp(task.last_run) if task.last_run is not None else "N/A"
    return (
        f"\r\nHostName:      {invocation.host.name}\r\nTaskName:      {task.path}\r\n"
        f"Next Run Time: N/A\r\nStatus:        Ready\r\n"
        f"Last Run Time: {ran}\r\nLast Result:   {task.last_result}\r\n"
        f"Task To Run:   {task.action}\r\n"
    )
