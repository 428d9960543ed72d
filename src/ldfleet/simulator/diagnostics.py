"""Windows' programs that tell how a PC is set up: rights, ports, WinRM, what files hold."""

import csv
import io
from collections.abc import Iterable, Sequence

from ldfleet.simulator.host import Invocation, Program
from ldfleet.simulator.ldplayer.install import Install

ADMINISTRATORS = ("BUILTIN\\Administrators", "Alias", "S-1-5-32-544")
FULL = "Mandatory group, Enabled by default, Enabled group, Group owner"
DENY_ONLY = "Group used for deny only"
HIGH = ("Mandatory Label\\High Mandatory Level", "Label", "S-1-16-12288", "")
MEDIUM = ("Mandatory Label\\Medium Mandatory Level", "Label", "S-1-16-8192", "")
EVERYBODYS = (
    ("Everyone", "Well-known group", "S-1-1-0"),
    ("BUILTIN\\Users", "Alias", "S-1-5-32-545"),
    ("NT AUTHORITY\\NETWORK", "Well-known group", "S-1-5-2"),
)
# As recorded of real hosts (winrm.md 5.1, 5.2)
WINRM = """Config
    MaxEnvelopeSizekb = 500
    MaxTimeoutms = 60000
    MaxBatchItems = 32000
    MaxProviderRequests = 4294967295
    Client
        NetworkDelayms = 5000
        URLPrefix = wsman
        AllowUnencrypted = false
        TrustedHosts = {trusted}
    Service
        RootSDDL = O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)
        MaxConcurrentOperations = 4294967295
        MaxConcurrentOperationsPerUser = 1500
        EnumerationTimeoutms = 240000
        MaxConnections = 300
        AllowUnencrypted = false
        Auth
            Basic = false
            Kerberos = true
            Negotiate = true
            Certificate = true
            CredSSP = false
            CbtHardeningLevel = Relaxed
        CertificateThumbprint
    Winrs
        AllowRemoteShellAccess = true
        IdleTimeout = 7200000
        MaxConcurrentUsers = 2147483647
        MaxShellRunTime = 2147483647
        MaxProcessesPerShell = 2147483647
        MaxMemoryPerShellMB = 2147483647
        MaxShellsPerUser = {shells}
"""


def groups(invocation: Invocation) -> str:
    """What `whoami /groups /fo csv /nh` prints."""
    filtered = invocation.host.faults.filtered_token
    rows = [
        *((*each, "Mandatory group, Enabled by default, Enabled group") for each in EVERYBODYS),
        (*ADMINISTRATORS, DENY_ONLY if filtered else FULL),
        (
            f"{invocation.host.name}\\farmers",
            "Alias",
            "S-1-5-21-917267712-1342860078-1792-1013",
            "",
        ),
        MEDIUM if filtered else HIGH,
    ]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


async def findstr(invocation: Invocation) -> int:
    """`findstr /m /c:TEXT FILE…`: the names of the files that hold it."""
    words = invocation.argv[1:]
    wanted = [word[3:] for word in words if word.lower().startswith("/c:")]
    paths = [word for word in words if not word.startswith("/")]
    if not wanted or not paths:
        invocation.err("FINDSTR: Bad command line\r\n")
        return 2
    found = False
    for path in paths:
        try:
            content = invocation.host.files.read(path)
        except OSError:
            invocation.err(f"FINDSTR: Cannot open {path}\r\n")
            continue
        if any(text.encode() in content for text in wanted):
            invocation.out(f"{path}\r\n")
            found = True
    return 0 if found else 1


async def cscript(invocation: Invocation) -> int:
    """`cscript //nologo WINRM.VBS get winrm/config`, and nothing else."""
    words = [word.lower() for word in invocation.argv[1:] if not word.startswith("//")]
    if len(words) != 3 or not words[0].endswith("\\winrm.vbs") or words[1:] != _GET:  # noqa: PLR2004 - script, verb, resource
        invocation.out("Input Error: Can not find script file.\r\n")
        return 1
    faults = invocation.host.faults
    text = WINRM.format(trusted="fleet-server.lan", shells=faults.winrm_shells)
    invocation.out(text.replace("\n", "\r\n"))
    return 0


_GET = ["get", "winrm/config"]


def netstat(installs: Sequence[Install]) -> Program:
    """`netstat -ano -p TCP`."""

    async def program(invocation: Invocation) -> int:
        host = invocation.host
        host.settle()
        rows = [
            ("0.0.0.0:135", "0.0.0.0:0", "LISTENING", host.services_pid),
            ("0.0.0.0:5986", "0.0.0.0:0", "LISTENING", 4),
            ("192.168.40.23:139", "0.0.0.0:0", "LISTENING", 4),
            *_of_emulators(installs),
            ("192.168.40.23:5986", "192.168.40.10:51234", "ESTABLISHED", 4),
        ]
        invocation.out(
            "\r\nActive Connections\r\n\r\n"
            "  Proto  Local Address          Foreign Address        State           PID\r\n"
        )
        for local, foreign, state, pid in rows:
            invocation.out(f"  TCP    {local:<22} {foreign:<22} {state:<15} {pid}\r\n")
        return 0

    return program


def _of_emulators(installs: Iterable[Install]) -> Iterable[tuple[str, str, str, int]]:
    """14 binds to all addresses, 9 to the loopback unless it is set to 2 (ldconsole.md 8)."""
    for install in installs:
        for one in install.ordered():
            if one.run is None or not install.online(one):
                continue
            wide = install.generation.number > 9 or install.adb_debug(one) > 1  # noqa: PLR2004 - LDPlayer 9
            address = "0.0.0.0" if wide else "127.0.0.1"  # noqa: S104 - it is printed, nobody listens
            yield f"{address}:{one.port}", "0.0.0.0:0", "LISTENING", one.run.vm_pid
