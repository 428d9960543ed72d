"""What differs between the generations of LDPlayer (ldconsole.md 2.1, 2.5, 5.1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ldfleet.domain.hardware import HardwareLimits
from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer.text import NotUnderstood, excerpt, lines

PLAIN_BANNER = "dnplayer Command Line Management Interface"
_BANNER = re.compile(rb"dnplayer(?:\s+v?([0-9]+(?:\.[0-9]+)*))?\s+Command Line\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One line of the product; a field is None where the reference knows nothing."""

    number: int
    android: str
    folders: tuple[str, ...]
    """Names of its install folder, as installers choose them."""
    columns: int | None
    """Of list2."""
    vm_processes: tuple[str, ...]
    banner: str | None
    """The first line of a bare run; `{version}` where it tells the version."""
    limits: HardwareLimits
    default_cpu: int | None = None
    """What an instance has whose config file says nothing."""
    default_memory_mib: int | None = None


# ldconsole.md 5.1: --cpu is documented as 1 to 4 for all; higher ones had unclear results
_CPU = (1, 2, 3, 4)
_OLD = HardwareLimits(cpu=_CPU, memory_mib=(512, 1024, 2048, 4096, 8192), root=False)
_NEW = HardwareLimits(cpu=_CPU, memory_mib=(256, 512, 768, 1024, 1536, 2048, 4096, 8192), root=True)

GENERATIONS: Mapping[int, Generation] = {
    3: Generation(
        number=3,
        android="5",
        folders=("LDPlayer", "dnplayer2", "LDPlayer3.0"),
        columns=7,
        vm_processes=("LdBoxHeadless.exe", "LdVBoxHeadless.exe"),
        banner=None,
        limits=_OLD,
    ),
    4: Generation(
        number=4,
        android="7",
        folders=("LDPlayer4", "LDPlayer4.0"),
        columns=7,
        vm_processes=("LdVBoxHeadless.exe",),
        banner=PLAIN_BANNER,
        limits=_OLD,
    ),
    5: Generation(
        number=5,
        android="5 or 7",
        folders=("LDPlayer5", "LDPlayer64"),
        columns=None,
        vm_processes=("LdVBoxHeadless.exe",),
        banner=None,
        limits=_OLD,
    ),
    9: Generation(
        number=9,
        android="9",
        folders=("LDPlayer9",),
        columns=10,
        vm_processes=("Ld9BoxHeadless.exe",),
        banner=PLAIN_BANNER,
        limits=_NEW,
    ),
    14: Generation(
        number=14,
        android="14",
        folders=("LDPlayer14",),
        columns=10,
        vm_processes=("Ld9BoxHeadless.exe",),
        banner="dnplayer v{version} Command Line Management Interface",
        limits=_NEW,
        default_cpu=6,
        default_memory_mib=6144,
    ),
}
_BY_FOLDER = {
    folder.lower(): generation
    for generation in GENERATIONS.values()
    for folder in generation.folders
}
LIKELIEST = GENERATIONS[9]
"""Of what tells nothing: 14 tells its version by itself, and 9 is the most common (2.3)."""


def read_banner(result: ProcessResult) -> str | None:
    """The version in the first line of a bare run; None where it tells none, as before 14.

    The exit code is not looked at: sources contradict each other on it (ldconsole.md 2.5).
    """
    first = next(iter(lines(result.stdout)), b"")
    match = _BANNER.match(first.strip())
    if match is None:
        raise NotUnderstood(f"its first line is not LDPlayer's banner: {excerpt(first)}")
    return match[1].decode() if match[1] else None


def generation_of(folder: str, version: str | None) -> Generation:
    """By the version (of the banner, or the registry), else by the folder's name."""
    major = (version or "").strip().split(".", maxsplit=1)[0]
    if major.isascii() and major.isdigit() and int(major) in GENERATIONS:
        return GENERATIONS[int(major)]
    name = folder.replace("/", "\\").rstrip("\\").rpartition("\\")[2]
    return _BY_FOLDER.get(name.lower(), LIKELIEST)
