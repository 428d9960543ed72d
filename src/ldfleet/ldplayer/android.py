"""What is asked of a running Android, and how its answers are read."""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, assert_never

from ldfleet.domain.app import InstalledApp
from ldfleet.domain.emulator import BirthMarker
from ldfleet.domain.gesture import Gesture, Press, Swipe, Tap, Typing
from ldfleet.ldplayer.packages import INVENTORY, read_inventory
from ldfleet.ldplayer.text import NotUnderstood, excerpt

T_co = TypeVar("T_co", covariant=True)
MIB = 1 << 20
_PNG = b"\x89PNG\r\n\x1a\n"
_END = b"ldfleet-end:"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_PREAMBLE = 4096  # bytes; Android warns of several displays before it gives the picture
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_NO_MAC = "0" * 12
_ANDROID_ID = re.compile(r"[0-9A-Fa-f]{16}")
_IMEI = re.compile(r"[0-9]{15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T_co]):
    """A line for Android's shell. It is sent once: what it changes is changed once."""

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


def read_nothing(raw: bytes) -> None:
    """Of what prints only when it goes wrong. Raises NotUnderstood."""
    if raw.strip():
        raise NotUnderstood(f"it said {excerpt(raw)}")


def doing(gesture: Gesture) -> Question[None]:
    """The line that does it (ldconsole.md 8)."""
    match gesture:
        case Tap(x=x, y=y):
            line = f"input tap {x} {y}"
        case Swipe(x=x, y=y, to_x=to_x, to_y=to_y, ms=ms):
            line = f"input swipe {x} {y} {to_x} {to_y} {ms}"
        case Press(key=key):
            line = f"input keyevent KEYCODE_{key.upper()}"
        case Typing(text=text):
            line = _typing(text)
        case _:
            assert_never(gesture)
    return Question(name="input", line=line, read=read_nothing)


def _typing(text: str) -> str:
    """No shell on the way reads anything into base64. `input text` takes `%s` for a space."""
    packed = base64.b64encode(text.replace(" ", "%s").encode()).decode()
    return f"echo {packed} | base64 -d | xargs -0 input text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The device ids that an Android tells; none of a kind that it keeps to itself."""

    macs: frozenset[str] = frozenset()
    """Of all its network adapters: that of the VM's own is among them."""
    android_ids: frozenset[str] = frozenset()
    imeis: frozenset[str] = frozenset()


def read_identity(raw: bytes) -> Identity:
    """Tells the kinds apart by their form."""
    words = raw.decode(errors="replace").split()
    macs = {word.replace(":", "").upper() for word in words if _MAC.fullmatch(word)}
    return Identity(
        macs=frozenset(macs - {_NO_MAC}),
        android_ids=frozenset(word.lower() for word in words if _ANDROID_ID.fullmatch(word)),
        imeis=frozenset(word for word in words if _IMEI.fullmatch(word)),
    )


SCREENSHOT: Question[bytes] = Question(
    name="screenshot", line="screencap -p", read=read_picture, binary=True, largest=32 * MIB
)
APPS: Question[Sequence[InstalledApp]] = Question(name="apps", line=INVENTORY, read=read_inventory)
IDENTITY: Question[Identity] = Question(
    name="identity",
    line="cat /sys/class/net/*/address; settings get secure android_id; getprop phone.imei",
    read=read_identity,
)
"""What the config file has, too; that LDPlayer's Android shows it is inferred."""


def is_meant(known: BirthMarker, told: Identity) -> bool:
    """Whether the device may be the emulator: one id in common is enough.

    Where neither has an id of a kind that the other has, nothing says no.
    """
    pairs = (
        ((known.mac or "").upper(), told.macs),
        ((known.android_id or "").lower(), told.android_ids),
        (known.imei or "", told.imeis),
    )
    same = [mine in theirs for mine, theirs in pairs if mine and theirs]
    return any(same) or not same
