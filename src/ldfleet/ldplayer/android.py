"""What is asked of a running Android, and how its answers are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ldfleet.domain.app import InstalledApp
from ldfleet.domain.emulator import BirthMarker
from ldfleet.ldplayer.packages import INVENTORY, read_inventory
from ldfleet.ldplayer.text import NotUnderstood, excerpt

T_co = TypeVar("T_co", covariant=True)
MIB = 1 << 20
_PNG = b"\x89PNG\r\n\x1a\n"
_END = b"ldfleet-end:"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_PREAMBLE = 4096  # bytes; Android warns of several displays before it gives the picture
_MAC_DIGITS = 12
_UNSET = "0" * _MAC_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T_co]):
    """A line for Android's shell that changes nothing."""

    name: str
    """What is looked at, in a word of `LOOKS`."""
    line: str
    read: Callable[[bytes], T_co]
    """Raises NotUnderstood."""
    binary: bool = False
    largest: int = MIB
    """Bytes of an answer."""

    @property
    def asked(self) -> str:
        """The line as it is sent: what comes back tells whether it is whole."""
        return f"{self.line}; echo {_END.decode()}$?"

    @property
    def asked_as_text(self) -> str:
        """The same with an answer that is text, which no line end on the way can harm."""
        return f"{self.line} | base64; echo {_END.decode()}$?"


def whole(raw: bytes) -> bytes:
    """An answer without its end. Raises NotUnderstood where it was cut off before that."""
    answer, found, code = raw.rpartition(_END)
    if not found or not code.strip().isdigit():
        raise NotUnderstood(f"its answer was cut off after {len(raw)} bytes")
    return answer


def read_picture(raw: bytes) -> bytes:
    """The PNG in what `screencap -p` printed. Raises NotUnderstood where it is not whole."""
    begin = raw.find(_PNG, 0, _PREAMBLE)
    if begin < 0:
        raise NotUnderstood(f"it gave no picture, but {excerpt(raw)}")
    picture = raw[begin:]
    if not picture.endswith(_PNG_END):
        raise NotUnderstood(f"its picture ends too early, after {len(picture)} bytes")
    return picture


def read_identity(raw: bytes) -> BirthMarker:
    """The device ids that Android itself tells; None for one that it does not."""
    mac, android_id = None, None
    for line in raw.decode(errors="replace").split():
        digits = line.replace(":", "").upper()
        if ":" in line and len(digits) == _MAC_DIGITS and digits != _UNSET:
            mac = mac or digits
        elif len(line) == 16 and line.isalnum():  # noqa: PLR2004 - 64 bits in hex
            android_id = android_id or line.lower()
    return BirthMarker(android_id=android_id, mac=mac)


SCREENSHOT: Question[bytes] = Question(
    name="screenshot", line="screencap -p", read=read_picture, binary=True, largest=32 * MIB
)
APPS: Question[Sequence[InstalledApp]] = Question(name="apps", line=INVENTORY, read=read_inventory)
IDENTITY: Question[BirthMarker] = Question(
    name="identity",
    line="cat /sys/class/net/wlan0/address; settings get secure android_id",
    read=read_identity,
)
"""What the config file has as macAddress and phoneAndroidId; the guest showing it is inferred."""


def is_meant(known: BirthMarker, told: BirthMarker) -> bool:
    """Whether the device may be the emulator; only ids that both have can say no."""
    written = BirthMarker(
        android_id=(known.android_id or "").lower() or None, mac=(known.mac or "").upper() or None
    )
    return written.same(told) is not False
