"""The settings of an instance, and what may be put in (ldconsole.md 5.1, 8)."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, cast

from ldfleet import errors
from ldfleet.domain.emulator import BirthMarker, Screen

AUTO = "auto"
"""Has LDPlayer make up a new device id."""

SIDE_PIXELS = range(120, 7681)  # no range is documented: what a screen can be (inferred)
DPI = range(60, 961)
TEXT_LIMIT = 64

_DEVICE_IDS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "imei": (re.compile(r"[0-9]{15}"), "15 digits"),
    "imsi": (re.compile(r"[0-9]{15}"), "15 digits"),
    "sim_serial": (re.compile(r"[0-9]{20}"), "20 digits"),
    "android_id": (re.compile(r"[0-9A-Fa-f]{16}"), "16 hexadecimal digits"),
    "mac": (re.compile(r"[0-9A-Fa-f]{12}"), "12 hexadecimal digits without separators"),
}
_TEXTS = ("manufacturer", "model", "phone_number")
# architecture.md 5: what no quoting brings through cmd.exe unharmed, and control characters
_UNSAFE = re.compile(r'["%!\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareLimits:
    """What `modify` of one LDPlayer takes; other values are dropped without a word.

    The defaults of LDPlayer 14 (6 cores, 6144 MiB) lie outside: once changed, they can only
    be set back through the config file (ldconsole.md 5.1).
    """

    cpu: tuple[int, ...]
    memory_mib: tuple[int, ...]
    root: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareSettings:
    """The 14 parameters of `modify`, and ADB; None: leave as it is, or, read, the default."""

    screen: Screen | None = None
    cpu: int | None = None
    memory_mib: int | None = None
    manufacturer: str | None = None
    model: str | None = None
    phone_number: str | None = None
    imei: str | None = None
    """A device id is digits, or `auto` for a new one; so are the four that follow."""
    imsi: str | None = None
    sim_serial: str | None = None
    android_id: str | None = None
    mac: str | None = None
    auto_rotate: bool | None = None
    lock_window: bool | None = None
    root: bool | None = None
    adb: bool | None = None
    """Whether its Android can be reached; `modify` has no switch for it (ldconsole.md 1.8)."""

    @property
    def empty(self) -> bool:
        """Nothing is set."""
        return not self.given

    @property
    def makes_up_ids(self) -> bool:
        """Another run of the same settings would give other device ids."""
        return any(getattr(self, name) == AUTO for name in _DEVICE_IDS)

    @property
    def changes_marker(self) -> bool:
        """What tells it from another instance becomes other (`BirthMarker`)."""
        return not self.given.keys().isdisjoint(field.name for field in fields(BirthMarker))

    @property
    def given(self) -> Mapping[str, Any]:
        """The fields that are set."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def only(self, names: Collection[str]) -> "HardwareSettings":
        """These fields of it, the others not set."""
        return HardwareSettings(**{n: v for n, v in self.given.items() if n in names})

    def without(self, names: Collection[str]) -> "HardwareSettings":
        """All but these fields of it."""
        return HardwareSettings(**{n: v for n, v in self.given.items() if n not in names})

    def beyond(self, limits: HardwareLimits) -> frozenset[str]:
        """The fields that `modify` can't set to these values, though LDPlayer may use them."""
        unknown = frozenset(("adb",) if self.adb is not None else ())
        return unknown | {name for name, _ in self._wrong_tiers(limits)}

    def check(self, limits: HardwareLimits) -> None:
        """Raises ValidationFailed with every field that this LDPlayer would not take."""
        wrong = [
            {"field": name, "reason": reason}
            for name, reason in (
                *self._wrong_numbers(limits),
                *self._wrong_screen(),
                *self._wrong_ids(),
                *self._wrong_texts(),
            )
        ]
        if wrong:
            summary = "; ".join(f"{each['field']}: {each['reason']}" for each in wrong)
            raise errors.ValidationFailed(summary=summary, errors=wrong)

    def _wrong_numbers(self, limits: HardwareLimits) -> Iterator[tuple[str, str]]:
        yield from self._wrong_tiers(limits)
        if self.root is not None and not limits.root:
            yield "root", "can't be set by this generation of LDPlayer"

    def _wrong_tiers(self, limits: HardwareLimits) -> Iterator[tuple[str, str]]:
        for name, value, tiers in (
            ("cpu", self.cpu, limits.cpu),
            ("memory_mib", self.memory_mib, limits.memory_mib),
        ):
            if value is not None and value not in tiers:
                yield name, f"must be one of {', '.join(map(str, tiers))}"

    def _wrong_screen(self) -> Iterator[tuple[str, str]]:
        if self.screen is None:
            return
        for name, value, bounds in (
            ("screen.width", self.screen.width, SIDE_PIXELS),
            ("screen.height", self.screen.height, SIDE_PIXELS),
            ("screen.dpi", self.screen.dpi, DPI),
        ):
            if value not in bounds:
                yield name, f"must be from {bounds.start} to {bounds.stop - 1}"

    def _wrong_ids(self) -> Iterator[tuple[str, str]]:
        for name, (pattern, words) in _DEVICE_IDS.items():
            value: str | None = getattr(self, name)
            if value is not None and value != AUTO and not pattern.fullmatch(value):
                yield name, f"must be {words}, or {AUTO}"

    def _wrong_texts(self) -> Iterator[tuple[str, str]]:
        for name in _TEXTS:
            value: str | None = getattr(self, name)
            if value is None:
                continue
            if not 1 <= len(value) <= TEXT_LIMIT:
                yield name, f"must have 1 to {TEXT_LIMIT} characters"
            elif _UNSAFE.search(value):
                yield name, 'must not hold ", %, ! or control characters'
            elif value.startswith("--"):
                yield name, "must not begin with --, as options do"


def settings_of(params: Mapping[str, Any]) -> HardwareSettings:
    """The settings as an operation's params hold them (`params_of`). Raises FieldInvalid."""
    known = {field.name for field in fields(HardwareSettings)}
    for name in params:
        if name not in known:
            raise errors.FieldInvalid(field=name, reason="there is no such setting")
    values = dict(params)
    if isinstance(screen := values.get("screen"), Mapping):
        sizes: dict[str, Any] = dict(cast("Mapping[str, Any]", screen))
        if sizes.keys() != {field.name for field in fields(Screen)}:
            raise errors.FieldInvalid(field="screen", reason="it needs width, height and dpi")
        values["screen"] = Screen(**sizes)
    return HardwareSettings(**values)


def params_of(settings: HardwareSettings) -> Mapping[str, Any]:
    """What is set, as JSON."""
    given = dict(settings.given)
    return given if settings.screen is None else {**given, "screen": asdict(settings.screen)}
