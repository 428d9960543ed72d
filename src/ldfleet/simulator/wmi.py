"""The WMI classes of a simulated machine, with Windows' property names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ldfleet.simulator.host import Host
from ldfleet.simulator.seam import CimInstance, CimValue
from ldfleet.simulator.sessions import Sessions

LOCALES = {"gbk": ("0804", "936"), "cp1251": ("0419", "1251"), "utf-8": ("0409", "65001")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What the machine is made of."""

    manufacturer: str
    model: str
    processor: str
    cores: int
    memory_mib: int
    video: str
    video_ram_mib: int
    serial: str


class Wmi:
    """`root/cimv2`, answered from the machine's state at this moment."""

    def __init__(self, host: Host, sessions: Sessions, hardware: Hardware) -> None:
        self._host = host
        self._sessions = sessions
        self._hardware = hardware
        self._classes: dict[str, Callable[[], Sequence[CimInstance]]] = {
            "win32_operatingsystem": self._operating_system,
            "win32_computersystem": self._computer_system,
            "win32_processor": self._processor,
            "win32_logicaldisk": self._disks,
            "win32_videocontroller": self._video,
            "win32_process": self._processes,
            "win32_logonsession": self._logons,
        }

    def query(self, namespace: str, class_name: str) -> Sequence[CimInstance]:
        """All instances.

        Raises:
            LookupError: there is no such namespace or class.
        """
        self._host.settle()
        known = namespace.replace("\\", "/").strip("/").lower() == "root/cimv2"
        if not known or class_name.lower() not in self._classes:
            raise LookupError(f"{namespace}:{class_name}")
        return self._classes[class_name.lower()]()

    def _operating_system(self) -> Sequence[CimInstance]:
        clock = self._host.clock
        started = clock.wall() - clock.now() + self._sessions.booted_at
        locale, code_set = LOCALES.get(self._host.faults.code_page, ("0409", "1252"))
        total = self._hardware.memory_mib * 1024
        return _one(
            "Win32_OperatingSystem",
            {
                "Caption": "Microsoft Windows 10 Pro",
                "Version": "10.0.19045",
                "BuildNumber": "19045",
                "OSArchitecture": "64-bit",
                "CSName": self._host.name.upper(),
                "CodeSet": code_set,
                "Locale": locale,
                "SerialNumber": self._hardware.serial,
                "SystemDirectory": "C:\\Windows\\system32",
                "WindowsDirectory": "C:\\Windows",
                "NumberOfProcesses": len(self._host.processes.all()),
                "TotalVisibleMemorySize": total,
                "FreePhysicalMemory": max(total - self._used_kib(), 200_000),
                "LastBootUpTime": clock.stamp(started),
                "LocalDateTime": clock.stamp(),
                "Status": "OK",
            },
            datetimes=("LastBootUpTime", "LocalDateTime"),
        )

    def _computer_system(self) -> Sequence[CimInstance]:
        sessions = self._sessions
        user = f"{self._host.name.upper()}\\{sessions.user}" if sessions.live else None
        return _one(
            "Win32_ComputerSystem",
            {
                "Name": self._host.name.upper(),
                "DNSHostName": self._host.name,
                "Domain": "WORKGROUP",
                "PartOfDomain": False,
                "Manufacturer": self._hardware.manufacturer,
                "Model": self._hardware.model,
                "NumberOfProcessors": 1,
                "NumberOfLogicalProcessors": self._hardware.cores * 2,
                "TotalPhysicalMemory": self._hardware.memory_mib << 20,
                "SystemType": "x64-based PC",
                "UserName": user,
                "Status": "OK",
            },
        )

    def _processor(self) -> Sequence[CimInstance]:
        vms = sum(row.name.endswith("Headless.exe") for row in self._host.processes.all())
        return _one(
            "Win32_Processor",
            {
                "DeviceID": "CPU0",
                "Name": self._hardware.processor,
                "Manufacturer": "GenuineIntel",
                "NumberOfCores": self._hardware.cores,
                "NumberOfLogicalProcessors": self._hardware.cores * 2,
                "MaxClockSpeed": 3600,
                "LoadPercentage": min(3 + vms * 60 // self._hardware.cores, 100),
                "AddressWidth": 64,
                "VirtualizationFirmwareEnabled": True,
                "SecondLevelAddressTranslationExtensions": True,
            },
        )

    def _disks(self) -> Sequence[CimInstance]:
        return [
            CimInstance(
                class_name="Win32_LogicalDisk",
                properties={
                    "DeviceID": f"{drive.letter}:",
                    "Caption": f"{drive.letter}:",
                    "DriveType": 3,
                    "FileSystem": "NTFS",
                    "Size": drive.size,
                    "FreeSpace": drive.free,
                    "VolumeName": "",
                },
            )
            for drive in self._host.files.drives.values()
        ]

    def _video(self) -> Sequence[CimInstance]:
        return _one(
            "Win32_VideoController",
            {
                "Name": self._hardware.video,
                "DriverVersion": "31.0.15.5222",
                "AdapterRAM": self._hardware.video_ram_mib << 20,
                "CurrentHorizontalResolution": 1920 if self._sessions.live else None,
                "CurrentVerticalResolution": 1080 if self._sessions.live else None,
                "Status": "OK",
            },
        )

    def _processes(self) -> Sequence[CimInstance]:
        clock = self._host.clock
        origin = clock.wall() - clock.now()
        return [
            CimInstance(
                class_name="Win32_Process",
                properties={
                    "Handle": str(row.pid),
                    "ProcessId": row.pid,
                    "ParentProcessId": row.parent,
                    "SessionId": row.session,
                    "Name": row.name,
                    "ExecutablePath": row.path or None,
                    "CommandLine": row.line or None,
                    "WorkingSetSize": row.working_set,
                    "CreationDate": clock.stamp(origin + row.created),
                },
                datetimes=frozenset({"CreationDate"}),
            )
            for row in self._host.processes.all()
        ]

    def _logons(self) -> Sequence[CimInstance]:
        clock, sessions = self._host.clock, self._sessions
        kinds = [("999", 0)]
        if sessions.number is not None:
            kinds.append((str(100_000 + sessions.number), 2))
        began = clock.stamp(clock.wall() - clock.now() + sessions.logged_on_at)
        return [
            CimInstance(
                class_name="Win32_LogonSession",
                properties={"LogonId": number, "LogonType": kind, "StartTime": began},
                datetimes=frozenset({"StartTime"}),
            )
            for number, kind in kinds
        ]

    def _used_kib(self) -> int:
        used = sum(row.working_set for row in self._host.processes.all())
        return used // 1024 + 2_500_000


def _one(
    class_name: str, properties: dict[str, CimValue], *, datetimes: tuple[str, ...] = ()
) -> Sequence[CimInstance]:
    return [
        CimInstance(class_name=class_name, properties=properties, datetimes=frozenset(datetimes))
    ]
