"""A whole simulated workstation: everything behind the endpoint's seam."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ldfleet.simulator import commandline, diagnostics, downloads, programs
from ldfleet.simulator.adb.daemon import Daemon
from ldfleet.simulator.adb.server import AdbServer
from ldfleet.simulator.clock import Clock
from ldfleet.simulator.cmd import cmd
from ldfleet.simulator.desktopjobs import DesktopJobs
from ldfleet.simulator.files import GIB, Drive, FileSystem
from ldfleet.simulator.host import SYSTEM32, Host, Start
from ldfleet.simulator.journal import Journal
from ldfleet.simulator.ldplayer import adb, configs, console
from ldfleet.simulator.ldplayer.attached import Attached, attached
from ldfleet.simulator.ldplayer.generations import GENERATIONS
from ldfleet.simulator.ldplayer.install import Install
from ldfleet.simulator.pipes import PipedProcess
from ldfleet.simulator.powershell import PowerShell
from ldfleet.simulator.quirks import Quirks
from ldfleet.simulator.seam import CimInstance, Handler
from ldfleet.simulator.sessions import Sessions
from ldfleet.simulator.tasks import RUNNER, Scheduler
from ldfleet.simulator.wmi import LOCALES, Hardware, Wmi

POWERSHELL = f"{SYSTEM32}\\WindowsPowerShell\\v1.0\\powershell.exe"
UNINSTALL = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
CONTROL = "HKLM\\SYSTEM\\CurrentControlSet\\Control"
CODE_PAGES = f"{CONTROL}\\Nls\\CodePage"
SERVICE_CLASS = "HKCR\\CLSID\\{20191216-47b9-4a1e-82b2-07ccd5323c3f}\\LocalServer32"
FIRST_SETTLED_NAME = "LDPlayer"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallSpec:
    """One LDPlayer to be on the machine, with its emulators' names by index."""

    generation: int = 9
    directory: str = ""
    data_directory: str = ""
    emulators: Sequence[str] = ()
    adb_debug: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSpec:
    """A workstation to be."""

    name: str
    seed: int | str = 0
    accounts: Mapping[str, str] = field(default_factory=dict[str, str])
    desktop_user: str = "ldplayer"
    installs: Sequence[InstallSpec] = (InstallSpec(),)


class SimulatedMachine:
    """Implements `seam.Machine`. Switched on by `async with`; everything ends with it."""

    def __init__(
        self,
        spec: MachineSpec,
        *,
        clock: Clock,
        journal: Journal,
        faults: Quirks | None = None,
    ) -> None:
        rng = random.Random(f"{spec.seed}/{spec.name}")
        self.name = spec.name
        self.spec = spec
        self.faults = faults or Quirks()
        files = FileSystem(_drives(rng), clock.wall)
        self.host = Host(
            name=spec.name, clock=clock, rng=rng, files=files, journal=journal, faults=self.faults
        )
        self.host.settlers.append(self._follow_faults)
        self.hardware = _hardware(rng)
        self.sessions = Sessions(self.host, user=spec.desktop_user)
        self.scheduler = Scheduler(self.host, self.sessions)
        self.installs: list[Install] = []
        self.adb = AdbServer(self.host, self.installs)
        self.host.port_owners.append(self._emulator_at)
        self._wmi = Wmi(self.host, self.sessions, self.hardware)
        self._accounts = {user.lower(): password for user, password in spec.accounts.items()}
        self._power = AsyncExitStack()
        self._put_windows()
        for install in spec.installs:
            self._put_ldplayer(install)

    async def __aenter__(self) -> Self:
        self.host.group = await self._power.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.host.group = None
        self.host.processes.kill(self.host.processes.all())
        await self._power.aclose()

    def password_of(self, user: str) -> str | None:
        return self._accounts.get(user.lower())

    def start(
        self,
        command: str,
        arguments: Sequence[str],
        *,
        user: str,
        skip_cmd_shell: bool,
        code_page: int,
        environment: Mapping[str, str],
        working_directory: str | None,
    ) -> PipedProcess:
        line = " ".join([command, *arguments])
        if not skip_cmd_shell or self.faults.skip_cmd_shell_ignored:
            line = f"{SYSTEM32}\\cmd.exe /C {line}"
        home = f"C:\\Users\\{user.rpartition(chr(92))[2]}"
        return self.host.start(
            Start(
                line=line,
                session=0,
                user=user,
                parent=self.host.services_pid,
                environment={**self._environment(user, home), **environment},
                directory=working_directory or home,
                code_page=code_page,
            )
        )

    def query(self, namespace: str, class_name: str) -> Sequence[CimInstance]:
        return self._wmi.query(namespace, class_name)

    def listening(self, port: int) -> Handler | None:
        return self.host.listening(port)

    def _emulator_at(self, port: int) -> Handler | None:
        """The adbd of the emulator that has the port: the first, where two installs share it."""

        def look() -> Attached | None:
            listed = (each for each in attached(self.installs) if each.instance.port == port)
            return next((each for each in listed if each.install.online(each.instance)), None)

        return None if look() is None else Daemon(look).serve

    @property
    def actions(self) -> Mapping[str, Callable[..., None]]:
        """What can be done to the machine at once, from outside."""
        return {
            "reboot": self.sessions.boot,
            "log_off": self.sessions.log_off,
            "log_on": self.sessions.log_on,
            "kill_vm_service": self._kill_service,
            "kill_players": self._kill_players,
            "by_hand": self._by_hand,
            "put_file": self._put_file,
        }

    def describe(self) -> dict[str, object]:
        """What somebody in front of the machine would see, as JSON."""
        self.host.settle()
        return {
            "name": self.name,
            "session": self.sessions.number,
            "desktop_user": self.spec.desktop_user,
            "drives": {
                drive.letter: {"size": drive.size, "free": drive.free}
                for drive in self.host.files.drives.values()
            },
            "installs": [_describe(install) for install in self.installs],
        }

    def _by_hand(self, argv: Sequence[str], install: int = 0) -> None:
        """Somebody at the desk gives LDPlayer a command.

        Raises:
            LookupError: nobody is logged on.
            ValueError: there is no such installation, or `argv` is not a list of words.
        """
        if self.sessions.number is None:
            raise LookupError(f"Nobody is logged on to {self.name}.")
        if not 0 <= install < len(self.installs) or isinstance(argv, str):
            raise ValueError("argv is a list of words, install the number of an installation")
        console = f"{self.installs[install].directory}\\ldconsole.exe"
        process = self.host.start(
            Start(
                line=commandline.join([console, *(str(word) for word in argv)]),
                session=self.sessions.number,
                user=self.spec.desktop_user,
                parent=self.host.services_pid,
                environment={},
                directory="C:\\",
            )
        )
        process.feed(b"", end=True)

    def _put_file(self, path: str, size: int = 1_000_000) -> None:
        """Somebody lays a file there, such as an app to be installed.

        Raises:
            OSError: the drive is not there, or has no room.
        """
        self.host.files.write(path, b"", size=size)

    def _follow_faults(self) -> None:
        files, faults = self.host.files, self.faults
        files.denied = faults.access_denied
        for letter, forced in (("C", faults.free_bytes_c), ("D", faults.free_bytes_d)):
            files.drives[letter].forced_free = 0 if faults.full_disk else forced
        gone = faults.not_installed
        hidden = [install.directory for install in self.installs] if gone else []
        files.hidden = (*hidden, *self.host.lacking())
        self._follow_registry(there=not (gone or faults.registry_missing))
        page = LOCALES.get(faults.code_page, ("0409", "1252"))[1]
        self.host.registry.put(CODE_PAGES, {"ACP": page, "OEMCP": page})

    def _follow_registry(self, *, there: bool) -> None:
        registry = self.host.registry
        for install in self.installs:
            for key, values in _keys(install).items():
                if there and registry.get(key) is None:
                    registry.put(key, values)
                elif not there and registry.get(key) is not None:
                    registry.remove(key)

    def _kill_service(self) -> None:
        table = self.host.processes
        for install in self.installs:
            table.kill(table.named(install.generation.service_program))
        self.host.settle()

    def _kill_players(self) -> None:
        self.host.processes.kill(self.host.processes.named("dnplayer.exe"))
        self.host.settle()

    def _put_windows(self) -> None:
        host = self.host
        for name, program in {
            "cmd.exe": cmd,
            "hostname.exe": programs.hostname,
            "whoami.exe": programs.whoami,
            "reg.exe": programs.reg,
            "quser.exe": programs.quser(self.sessions),
            "tasklist.exe": programs.tasklist,
            "taskkill.exe": programs.taskkill,
            "curl.exe": downloads.curl,
            "tar.exe": downloads.tar,
            "schtasks.exe": programs.schtasks(self.scheduler),
            "findstr.exe": diagnostics.findstr,
            "cscript.exe": diagnostics.cscript,
            "netstat.exe": diagnostics.netstat(self.installs),
        }.items():
            host.install(f"{SYSTEM32}\\{name}", program)
        jobs = DesktopJobs(host, self.sessions, self.scheduler)
        host.install(POWERSHELL, PowerShell(jobs, self.query))
        host.files.write(RUNNER, b"# ldfleet:run v2\r\n")
        for user in (*self.spec.accounts, self.spec.desktop_user):
            host.files.make_directory(f"C:\\Users\\{user}\\Documents")
        host.registry.put("HKLM\\SOFTWARE", {})
        host.registry.put(f"{CONTROL}\\Lsa\\MSV1_0", {"NtlmMinServerSec": 0x20000000})

    def _put_ldplayer(self, spec: InstallSpec) -> None:
        generation = GENERATIONS[spec.generation]
        directory = spec.directory or generation.directory
        install = Install(
            self.host,
            generation,
            directory,
            data_directory=spec.data_directory,
            peers=self.installs,
        )
        run = console.program(install)
        for name in ("ldconsole.exe", "dnconsole.exe"):
            self.host.install(f"{directory}\\{name}", run, size=477_000)
        self.host.install(
            f"{directory}\\adb.exe", adb.program(self.installs, self.adb), size=6_100_000
        )
        for name in ("dnplayer.exe", "dnmultiplayer.exe", "dnuninst.exe", "ldopengl64.dll"):
            self.host.files.write(f"{directory}\\{name}", b"", size=3_500_000)
        for name in (generation.service_program, generation.vm_program):
            self.host.files.write(f"{generation.runtime}\\{name}", b"", size=2_000_000)
        self.host.files.write(
            f"{install.vms}\\config\\leidians.config", configs.render(configs.GLOBAL)
        )
        for index, name in enumerate(spec.emulators):
            unnamed = index == 0 and name == FIRST_SETTLED_NAME
            install.seed(index, None if unnamed else name, adb=spec.adb_debug)
        self._follow_registry(there=True)

    def _environment(self, user: str, home: str) -> dict[str, str]:
        return {
            "ALLUSERSPROFILE": "C:\\ProgramData",
            "COMPUTERNAME": self.name.upper(),
            "ComSpec": f"{SYSTEM32}\\cmd.exe",
            "NUMBER_OF_PROCESSORS": str(self.hardware.cores * 2),
            "OS": "Windows_NT",
            "PATH": f"{SYSTEM32};C:\\Windows",
            "ProgramData": "C:\\ProgramData",
            "SystemDrive": "C:",
            "SystemRoot": "C:\\Windows",
            "TEMP": f"{home}\\AppData\\Local\\Temp",
            "USERNAME": user.rpartition("\\")[2],
            "USERPROFILE": home,
            "windir": "C:\\Windows",
        }


def _keys(install: Install) -> dict[str, dict[str, str]]:
    generation, directory = install.generation, f"{install.directory}\\"
    product = f"LDPlayer{generation.number}" if generation.number > 4 else "LDPlayer4"  # noqa: PLR2004 - LDPlayer 4 has a key of its own
    places = {"InstallDir": directory, "DataDir": install.vms}
    return {
        **{f"HKLM\\{key}": places for key in generation.registry},
        f"{UNINSTALL}\\{product}": {
            "DisplayName": product,
            "DisplayVersion": generation.version,
            "DisplayIcon": f"{directory}dnplayer.exe",
            "InstallLocation": directory,
            "UninstallString": f"{directory}dnuninst.exe",
        },
        SERVICE_CLASS: {"(Default)": f"{generation.runtime}\\{generation.service_program}"},
    }


def _describe(install: Install) -> dict[str, object]:
    return {
        "directory": install.directory,
        "generation": install.generation.number,
        "version": install.generation.version,
        "emulators": [
            {
                "index": one.index,
                "name": install.name_of(one),
                "state": (view := install.view(one)).state,
                "player_pid": view.player_pid,
                "vm_pid": view.vm_pid,
                "online": install.online(one),
                "ready": view.booted,
                "session": one.run.session if one.run else None,
                "fate": one.run.fate if one.run else None,
                "apps": dict(one.guest.apps),
                "running_apps": list(one.guest.running),
                "inputs": list(one.guest.inputs),
                "settings": install.storage.document(one.index),
            }
            for one in install.ordered()
        ],
    }


def _drives(rng: random.Random) -> list[Drive]:
    size_c, size_d = rng.choice((476, 953)) * GIB, rng.choice((931, 1862)) * GIB
    return [
        Drive(letter="C", size=size_c, other=int(size_c * rng.uniform(0.2, 0.4))),
        Drive(letter="D", size=size_d, other=int(size_d * rng.uniform(0.1, 0.6))),
    ]


def _hardware(rng: random.Random) -> Hardware:
    maker, model = rng.choice(
        (("Dell Inc.", "OptiPlex 7090"), ("LENOVO", "ThinkStation P360"), ("ASUS", "PRIME B660"))
    )
    processor, cores = rng.choice(
        (
            ("12th Gen Intel(R) Core(TM) i7-12700", 12),
            ("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", 14),
            ("13th Gen Intel(R) Core(TM) i5-13400", 10),
        )
    )
    video, video_ram = rng.choice(
        (("NVIDIA GeForce RTX 3060", 4095), ("NVIDIA GeForce GTX 1660", 4095))
    )
    return Hardware(
        manufacturer=maker,
        model=model,
        processor=processor,
        cores=cores,
        memory_mib=rng.choice((32_768, 65_536)),
        video=video,
        video_ram_mib=video_ram,
        serial=f"00330-{rng.randrange(10_000, 99_999)}-00000-AA{rng.randrange(100, 999)}",
    )
