"""`leidian<N>.config` and `leidians.config`: flat JSON with dotted keys (ldconsole.md 3.2, 3.3).

A missing key means LDPlayer's default, not "none": a new instance's file has 11 keys, that of a
configured one 90. Files may only be written while the instance is stopped. A JSON round trip has
made LDPlayer reset a file, so `edit` changes the text and parses only to find and to verify.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ldfleet.domain.emulator import BirthMarker, Screen
from ldfleet.domain.hardware import AUTO, HardwareSettings
from ldfleet.errors import JSON
from ldfleet.ldplayer.jsontext import dump, read_object, substitute
from ldfleet.ldplayer.text import NotUnderstood

NAME = "statusSettings.playerName"
ADB_DEBUG = "basicSettings.adbDebug"
ADB_LOCAL = 1
"""Of 0 off, 1 local connection, 2 remote connection (ldconsole.md 8)."""
RESOLUTION = "advancedSettings.resolution"
DPI = "advancedSettings.resolutionDpi"
LOCATION = "statusSettings.location"
REAL_WIDTH = "basicSettings.realWidth"
REAL_HEIGHT = "basicSettings.realHeigh"  # LDPlayer's spelling
_BARE = 8  # keys
_KEYS = {
    "cpu": "advancedSettings.cpuCount",
    "memory_mib": "advancedSettings.memorySize",
    "manufacturer": "propertySettings.phoneManufacturer",
    "model": "propertySettings.phoneModel",
    "phone_number": "propertySettings.phoneNumber",
    "imei": "propertySettings.phoneIMEI",
    "imsi": "propertySettings.phoneIMSI",
    "sim_serial": "propertySettings.phoneSimSerial",
    "android_id": "propertySettings.phoneAndroidId",
    "mac": "propertySettings.macAddress",
    "auto_rotate": "basicSettings.autoRotate",
    "lock_window": "basicSettings.lockWindow",
    "root": "basicSettings.rootMode",
}
"""The settings of ldconsole.md 5.1 but for the screen, which takes two keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceConfig:
    """What an instance's file says; None: not written, so LDPlayer's default."""

    name: str | None
    """The true name; absent for an index 0 that was never renamed, which list2 calls LDPlayer."""
    hardware: HardwareSettings
    adb_debug: int | None
    """0 off, 1 local, 2 remote; read when the VM starts (ldconsole.md 8)."""
    marker: BirthMarker
    real_width: int | None
    real_height: int | None

    @property
    def damaged(self) -> bool:
        """A size of 0: such an instance does not start."""
        return self.real_width == 0 or self.real_height == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalConfig:
    """What globalsetting sets, as the file has it; None: not written."""

    fps: int | None
    audio: bool | None
    fast_play: bool | None
    clean_mode: bool | None


def read_instance(content: bytes) -> InstanceConfig:
    """Raises NotUnderstood where the file is truncated or a value is not of its type."""
    values = read_object(content)
    hardware = _hardware(values)
    return InstanceConfig(
        name=_line(values, NAME),
        hardware=hardware,
        adb_debug=_number(values, ADB_DEBUG),
        marker=BirthMarker(android_id=hardware.android_id, imei=hardware.imei, mac=hardware.mac),
        real_width=_number(values, REAL_WIDTH),
        real_height=_number(values, REAL_HEIGHT),
    )


def _hardware(values: Mapping[str, JSON]) -> HardwareSettings:
    return HardwareSettings(
        screen=_screen(values),
        cpu=_number(values, _KEYS["cpu"]),
        memory_mib=_number(values, _KEYS["memory_mib"]),
        manufacturer=_line(values, _KEYS["manufacturer"]),
        model=_line(values, _KEYS["model"]),
        phone_number=_line(values, _KEYS["phone_number"]),
        imei=_line(values, _KEYS["imei"]),
        imsi=_line(values, _KEYS["imsi"]),
        sim_serial=_line(values, _KEYS["sim_serial"]),
        android_id=_line(values, _KEYS["android_id"]),
        mac=_line(values, _KEYS["mac"]),
        auto_rotate=_flag(values, _KEYS["auto_rotate"]),
        lock_window=_flag(values, _KEYS["lock_window"]),
        root=_flag(values, _KEYS["root"]),
        adb=None if (adb := _number(values, ADB_DEBUG)) is None else adb > 0,
    )


def read_location(content: bytes) -> tuple[float, float] | None:
    """Longitude and latitude; None: no place was set. That it reads as `--LLI` does is inferred."""
    written = _line(read_object(content), LOCATION)
    if written is None:
        return None
    try:
        longitude, latitude = map(float, written.split(","))
    except ValueError as error:
        raise NotUnderstood(f"{LOCATION} holds no longitude and latitude") from error
    return longitude, latitude


def is_bare(content: bytes) -> bool:
    """Whether it is of the empty instance that LDPlayer 14 makes where one was removed (3.2).

    A new one has 11 keys. Raises NotUnderstood.
    """
    return len(read_object(content)) <= _BARE


def read_global(content: bytes) -> GlobalConfig:
    """Raises NotUnderstood. That audio and fastplay are these keys is inferred (5)."""
    values = read_object(content)
    reduced = _flag(values, "reduceAudio")
    return GlobalConfig(
        fps=_number(values, "framesPerSecond"),
        audio=None if reduced is None else not reduced,
        fast_play=_flag(values, "displayMode"),
        clean_mode=_flag(values, "cleanMode"),
    )


def edit(content: bytes, changes: Mapping[str, JSON]) -> bytes:
    """The content with these values: replaced where the key stands, else added at the end.

    Every other byte stays; so does a value that is there already, however it is written.
    Raises NotUnderstood where the content is no such file, or a value would change its type.
    """
    before = read_object(content)
    wanted = {key: new for key, new in changes.items() if not _has(before, key, new)}
    for key, new in wanted.items():
        old = before.get(key)
        if old is not None and new is not None and _type(old) != _type(new):
            raise NotUnderstood(f"{key} holds a {_type(old)}, not a {_type(new)}")
    edited = substitute(content, wanted)
    check_edit(content, edited, changes)
    return edited


def check_edit(before: bytes, after: bytes, changes: Mapping[str, JSON]) -> None:
    """Raises NotUnderstood unless `after` says what `before` did but for exactly these changes."""
    expected = {**read_object(before), **changes}
    found = read_object(after)
    differing = [
        key
        for key in sorted(expected.keys() | found.keys())
        if key not in expected or not _has(found, key, expected[key])
    ]
    if differing:
        raise NotUnderstood(f"other values than were asked for: {', '.join(differing)}")


def _has(values: Mapping[str, JSON], key: str, value: JSON) -> bool:
    return key in values and dump(values[key]) == dump(value)


def _type(value: JSON) -> str:
    """LDPlayer's ints stay ints and its bools bools; `2048.0` is an int of its (3.2)."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "structure"


def changes_of(settings: HardwareSettings) -> dict[str, JSON]:
    """The settings as changes for `edit`, for values that `modify` does not take.

    ADB is switched on for what runs on the PC only: `remote` opens it to the network.
    A device id that LDPlayer is to make up can't be written: ValueError.
    """
    if settings.makes_up_ids:
        raise ValueError(f"only LDPlayer itself can fill in {AUTO}")
    changes: dict[str, JSON] = {
        key: value for name, key in _KEYS.items() if (value := getattr(settings, name)) is not None
    }
    if screen := settings.screen:
        changes |= {
            RESOLUTION: {"width": screen.width, "height": screen.height},
            DPI: screen.dpi,
        }
    if settings.adb is not None:
        changes[ADB_DEBUG] = ADB_LOCAL if settings.adb else 0
    return changes


def _screen(values: Mapping[str, JSON]) -> Screen | None:
    """The three numbers, or None where one is missing: list2 has the screen in force."""
    resolution = values.get(RESOLUTION)
    if resolution is None:
        return None
    if not isinstance(resolution, dict):
        raise NotUnderstood(f"{RESOLUTION} is no object")
    width, height = _number(resolution, "width"), _number(resolution, "height")
    dpi = _number(values, DPI)
    if width is None or height is None or dpi is None:
        return None
    return Screen(width=width, height=height, dpi=dpi)


def _number(values: Mapping[str, JSON], key: str) -> int | None:
    """An int, also where LDPlayer wrote `2048.0` (ldconsole.md 3.2)."""
    value = values.get(key)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise NotUnderstood(f"{key} is no whole number")


def _line(values: Mapping[str, JSON], key: str) -> str | None:
    value = values.get(key)
    if value is None or isinstance(value, str):
        return value or None
    raise NotUnderstood(f"{key} is no text")


def _flag(values: Mapping[str, JSON], key: str) -> bool | None:
    value = values.get(key)
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    raise NotUnderstood(f"{key} is neither true nor false")
