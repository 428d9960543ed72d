"""Named settings of emulators to be: hardware, which device ids are new, apps, tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from ldfleet import errors
from ldfleet.domain.hardware import AUTO, HardwareLimits, HardwareSettings
from ldfleet.domain.ids import ProfileId

MOST_APPS = 50
DEVICE_IDS = ("imei", "imsi", "sim_serial", "android_id", "mac")


class IdRule(StrEnum):
    """What becomes of a device id when an emulator is made."""

    KEEP = auto()
    """As LDPlayer made it, or as the settings say."""
    NEW = auto()
    """A new one each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app that belongs on such an emulator: of LDPlayer's store, or a file on the PC."""

    package: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an emulator made from it is like."""

    id: ProfileId
    name: str
    settings: HardwareSettings = field(default_factory=HardwareSettings)
    identity: Mapping[str, IdRule] = field(default_factory=dict[str, IdRule])
    """By device id; one that is not named is kept."""
    apps: tuple[App, ...] = ()
    tags: tuple[str, ...] = ()
    notes: str = ""
    version: int = 1
    created_at: datetime
    updated_at: datetime

    def check(self, limits: Sequence[HardwareLimits]) -> None:
        """Whether there is an LDPlayer that would take all of it.

        Raises:
            ValidationFailed: no generation takes some value.
            FieldInvalid: a device id is fixed, and to be new each time.
        """
        for name, rule in self.identity.items():
            if name not in DEVICE_IDS:
                known = ", ".join(DEVICE_IDS)
                raise errors.FieldInvalid(field=f"identity.{name}", reason=f"it must be of {known}")
            fixed = getattr(self.settings, name)
            if rule is IdRule.NEW and fixed not in {None, AUTO}:
                raise errors.FieldInvalid(
                    field=f"identity.{name}",
                    reason=f"settings.{name} fixes it; remove one of the two",
                )
        self.settings.check(_widest(limits))

    def made(self) -> HardwareSettings:
        """The settings of the next emulator made from it."""
        new: dict[str, Any] = {
            name: AUTO for name, rule in self.identity.items() if rule is IdRule.NEW
        }
        return replace(self.settings, **new)


def _widest(limits: Sequence[HardwareLimits]) -> HardwareLimits:
    return HardwareLimits(
        cpu=tuple(sorted({tier for each in limits for tier in each.cpu})),
        memory_mib=tuple(sorted({tier for each in limits for tier in each.memory_mib})),
        root=any(each.root for each in limits),
    )
