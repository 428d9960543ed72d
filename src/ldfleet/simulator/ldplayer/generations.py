"""What differs between the product lines (ldconsole.md 2)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    number: int
    version: str
    banner: str
    directory: str
    columns: int
    """Of list2."""
    line_end: str
    """Of what `ldconsole adb` prints."""
    vm_program: str
    service_program: str
    runtime: str
    resolution: tuple[int, int, int]
    android: str
    sdk: str
    has_monkey: bool = True
    registry: tuple[str, ...] = ()
    """Keys under HKLM that hold InstallDir."""


BANNER = "dnplayer Command Line Management Interface"
LD9_BOX = "C:\\Program Files\\ldplayer9box"

GENERATIONS = {
    4: Generation(
        number=4,
        version="4.0.83.0",
        banner=BANNER,
        directory="C:\\LDPlayer\\LDPlayer4.0",
        columns=7,
        line_end="\r\r\n",
        vm_program="LdVBoxHeadless.exe",
        service_program="LdVBoxSVC.exe",
        runtime="C:\\Program Files\\dnplayerext2",
        resolution=(1280, 720, 240),
        android="7.1.2",
        sdk="25",
        registry=("SOFTWARE\\XuanZhi\\LDPlayer",),
    ),
    9: Generation(
        number=9,
        version="9.5.32.0",
        banner=BANNER,
        directory="C:\\LDPlayer\\LDPlayer9",
        columns=10,
        line_end="\r\n",
        vm_program="Ld9BoxHeadless.exe",
        service_program="Ld9BoxSVC.exe",
        runtime=LD9_BOX,
        resolution=(960, 540, 160),
        android="9",
        sdk="28",
        registry=("SOFTWARE\\XuanZhi\\LDPlayer9", "SOFTWARE\\WOW6432Node\\XuanZhi\\LDPlayer9"),
    ),
    14: Generation(
        number=14,
        version="14.0.25.1",
        banner="dnplayer v14.0.25.1 Command Line Management Interface",
        directory="C:\\LDPlayer\\LDPlayer14",
        columns=10,
        line_end="\r\n",
        vm_program="Ld9BoxHeadless.exe",
        service_program="Ld9BoxSVC.exe",
        runtime=LD9_BOX,
        resolution=(1280, 720, 240),
        android="14",
        sdk="34",
        has_monkey=False,
        registry=("SOFTWARE\\leidian\\ldplayer14",),
    ),
}
