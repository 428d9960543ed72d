"""The hardware settings of an emulator as options."""

import re
from typing import Annotated, Any

import typer

_SCREEN = re.compile(r"(\d{1,5})x(\d{1,5})@(\d{1,4})", re.ASCII)

Screen = Annotated[
    str | None, typer.Option(metavar="WIDTHxHEIGHT@DPI", help="Resolution, as 1280x720@240.")
]
Cores = Annotated[int | None, typer.Option("--cpu", help="Cores.")]
Memory = Annotated[int | None, typer.Option("--memory", metavar="MIB", help="Memory in MiB.")]
Manufacturer = Annotated[str | None, typer.Option(help="Of the phone that it claims to be.")]
Model = Annotated[str | None, typer.Option(help="Of the phone that it claims to be.")]
PhoneNumber = Annotated[str | None, typer.Option(help="Its phone number.")]
Imei = Annotated[str | None, typer.Option(help="15 digits, or auto for a new one.")]
Imsi = Annotated[str | None, typer.Option(help="15 digits, or auto for a new one.")]
SimSerial = Annotated[str | None, typer.Option(help="20 digits, or auto for a new one.")]
AndroidId = Annotated[
    str | None, typer.Option(help="16 hexadecimal digits, or auto for a new one.")
]
Mac = Annotated[str | None, typer.Option(help="12 hexadecimal digits, or auto for a new one.")]
AutoRotate = Annotated[
    bool | None, typer.Option("--auto-rotate/--no-auto-rotate", help="Turn with the app.")
]
LockWindow = Annotated[
    bool | None, typer.Option("--lock-window/--no-lock-window", help="Keep the window's size.")
]
Root = Annotated[bool | None, typer.Option("--root/--no-root", help="Give apps root rights.")]
Adb = Annotated[
    bool | None,
    typer.Option("--adb/--no-adb", help="Let ADB reach its Android; only while it is off."),
]


def settings_of(*, screen: str | None, **given: Any) -> dict[str, Any]:
    """What was given, as the API takes it."""
    settings = {name: value for name, value in given.items() if value is not None}
    if screen is None:
        return settings
    found = _SCREEN.fullmatch(screen.strip())
    if found is None:
        raise typer.BadParameter(f"{screen!r} is no resolution like 1280x720@240")
    width, height, dpi = map(int, found.groups())
    return {"screen": {"width": width, "height": height, "dpi": dpi}, **settings}
