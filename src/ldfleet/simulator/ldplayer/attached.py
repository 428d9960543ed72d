"""The emulators of a machine as its ADB sees them (ldconsole.md 8)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ldfleet.simulator.ldplayer.guest import Guest
from ldfleet.simulator.ldplayer.install import Install
from ldfleet.simulator.ldplayer.instance import Instance
from ldfleet.simulator.quirks import Quirks, concerns


class NotServed(Exception):
    """Adb's own words for why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A device that is listed; only in state `device` it can be used."""

    install: Install
    instance: Instance
    state: str

    @property
    def names(self) -> tuple[str, str]:
        """Its serial, and its address: the second serial once somebody has connected to it."""
        return self.instance.serial, address_of(self.instance)

    @property
    def faults(self) -> Quirks:
        return self.install.host.faults

    @property
    def index(self) -> int:
        return self.instance.index

    @property
    def hangs(self) -> bool:
        return concerns(self.faults.adb_hangs, self.index)

    @property
    def guest(self) -> Guest:
        """Whose Android answers."""
        if concerns(self.faults.adb_stranger, self.index):
            return _stranger()
        guest = self.instance.guest
        booted = self.install.view(self.instance).booted
        guest.props["sys.boot_completed"] = "1" if booted else ""
        return guest


def address_of(instance: Instance) -> str:
    return f"127.0.0.1:{instance.port}"


def attached(installs: Sequence[Install]) -> Iterator[Attached]:
    """All that `adb devices` lists."""
    for install in installs:
        for instance in install.ordered():
            state = _state(install, instance)
            if state:
                yield Attached(install=install, instance=instance, state=state)


def find(installs: Sequence[Install], serial: str) -> Attached:
    """The device of a serial or address, or the only one. Raises NotServed."""
    listed = list(attached(installs))
    if not serial:
        listed = [each for each in listed if each.state == "device"]
        if len(listed) > 1:
            raise NotServed("more than one device/emulator")
    else:
        listed = [each for each in listed if serial in each.names]
    if not listed:
        raise NotServed(f"device '{serial}' not found" if serial else "no devices/emulators found")
    if listed[0].state != "device":
        ending = "." if listed[0].state == "unauthorized" else ""
        raise NotServed(f"device {listed[0].state}{ending}")
    return listed[0]


def connect(installs: Sequence[Install], address: str) -> str:
    """What `adb connect` prints; its exit code is 0 either way (ldconsole.md 8)."""
    for each in attached(installs):
        if address == address_of(each.instance) and each.install.online(each.instance):
            each.faults.adb_offline = False
            return f"connected to {address}\n"
    refused = "No connection could be made because the target machine actively refused it."
    return f"cannot connect to {address}: {refused} (10061)\n"


def _state(install: Install, instance: Instance) -> str:
    faults = install.host.faults
    if not install.online(instance):
        # A serial that was there stays after quit; where ADB is off there never was one.
        stays = instance.was_online and install.adb_debug(instance) and not faults.adb_off
        return "offline" if stays else ""
    if concerns(faults.adb_unauthorized, instance.index):
        return "unauthorized"
    return "offline" if concerns(faults.adb_offline, instance.index) else "device"


def _stranger() -> Guest:
    return Guest(
        props={
            "sys.boot_completed": "1",
            "ro.product.manufacturer": "Netease",
            "phone.androidid": "feedfacecafebeef",
        },
        size=(1600, 900, 240),
        mac="080027A1B2C3",
    )
