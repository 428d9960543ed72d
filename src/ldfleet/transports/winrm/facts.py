"""System facts out of WMI (product.md M3)."""

from collections.abc import Sequence
from datetime import datetime

from ldfleet.domain.facts import DesktopSession, Disk, PlayerProcess, SystemFacts
from ldfleet.transports.winrm.cim import Instance, parse_datetime
from ldfleet.transports.winrm.session import Session

_KIB = 1024


async def collect(session: Session) -> SystemFacts:
    """One Enumerate for each class, over one connection and without a shell."""
    systems = await session.query("Win32_OperatingSystem")
    computers = await session.query("Win32_ComputerSystem")
    if not systems or not computers:
        raise ValueError("WMI knows no operating system or no computer")
    system, computer = systems[0], computers[0]
    processors = await session.query("Win32_Processor")
    disks = await session.query("Win32_LogicalDisk", "DriveType = 3")
    screens = await session.query("Win32_VideoController")
    desktops = await session.query("Win32_Process", "Name = 'explorer.exe'")
    players = await session.query("Win32_Process", "Name = 'dnplayer.exe'")
    return SystemFacts(
        computer_name=_text(computer, "Name"),
        windows=_text(system, "Caption"),
        build=_text(system, "BuildNumber"),
        booted_at=_moment(system.get("LastBootUpTime")),
        cpu=_text(processors[0], "Name") if processors else "",
        cpu_cores=sum(_number(each, "NumberOfCores") for each in processors),
        cpu_load=_load(processors),
        memory=_number(computer, "TotalPhysicalMemory"),
        memory_free=_number(system, "FreePhysicalMemory") * _KIB,
        disks=tuple(_disk(each) for each in disks),
        gpus=tuple(_text(each, "Name") for each in screens),
        desktop=_desktop(desktops, computer),
        players=tuple(_player(each) for each in players),
    )


def _desktop(shells: Sequence[Instance], computer: Instance) -> DesktopSession | None:
    sessions = [_number(each, "SessionId") for each in shells]
    interactive = [each for each in sessions if each > 0]  # session 0 has no desktop
    if not interactive:
        return None
    return DesktopSession(session_id=min(interactive), user=computer.get("UserName") or None)


def _disk(disk: Instance) -> Disk:
    return Disk(
        letter=_text(disk, "DeviceID").rstrip(":"),
        size=_number(disk, "Size"),
        free=_number(disk, "FreeSpace"),
    )


def _player(process: Instance) -> PlayerProcess:
    return PlayerProcess(
        pid=_number(process, "ProcessId"),
        session_id=_number(process, "SessionId"),
        path=process.get("ExecutablePath"),
    )


def _load(processors: Sequence[Instance]) -> int | None:
    loads = [_number(each, "LoadPercentage") for each in processors if each.get("LoadPercentage")]
    return round(sum(loads) / len(loads)) if loads else None


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _number(instance: Instance, name: str) -> int:
    return int(instance.get(name) or 0)


def _text(instance: Instance, name: str) -> str:
    return (instance.get(name) or "").strip()
