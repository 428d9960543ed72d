"""System facts out of WMI, however its instances were fetched (product.md M3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from ldfleet.domain.facts import DesktopSession, Disk, PlayerProcess, SystemFacts

_KIB = 1024
_DMTF_LENGTH = 25

Instance = Mapping[str, str | None]
"""Properties as text; None where Windows has no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Instances of a class in root/cimv2: all, or those that fulfil a WQL condition."""

    of: str
    where: str | None = None


SYSTEM = Question(of="Win32_OperatingSystem")
COMPUTER = Question(of="Win32_ComputerSystem")
PROCESSORS = Question(of="Win32_Processor")
DISKS = Question(of="Win32_LogicalDisk", where="DriveType = 3")
SCREENS = Question(of="Win32_VideoController")
DESKTOPS = Question(of="Win32_Process", where="Name = 'explorer.exe'")
PLAYERS = Question(of="Win32_Process", where="Name = 'dnplayer.exe'")
QUESTIONS = (SYSTEM, COMPUTER, PROCESSORS, DISKS, SCREENS, DESKTOPS, PLAYERS)

Answers = Mapping[Question, Sequence[Instance]]


def facts_of(answers: Answers) -> SystemFacts:
    """The answers to `QUESTIONS`, read. Raises ValueError for what no Windows says."""
    if not answers[SYSTEM] or not answers[COMPUTER]:
        raise ValueError("WMI knows no operating system or no computer")
    system, computer, processors = answers[SYSTEM][0], answers[COMPUTER][0], answers[PROCESSORS]
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
        disks=tuple(_disk(each) for each in answers[DISKS]),
        gpus=tuple(_text(each, "Name") for each in answers[SCREENS]),
        desktop=_desktop(answers[DESKTOPS], computer),
        players=tuple(_player(each) for each in answers[PLAYERS]),
    )


def parse_datetime(text: str) -> datetime:
    """Aware, from `2026-11-22T21:30:00.5+02:00`, or from DMTF's `20261122213000.500000+120`."""
    if len(text) == _DMTF_LENGTH and text[14] == ".":
        local = datetime.strptime(text[:21], "%Y%m%d%H%M%S.%f")  # noqa: DTZ007 - the zone follows
        return local.replace(tzinfo=timezone(timedelta(minutes=int(text[21:]))))
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


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
