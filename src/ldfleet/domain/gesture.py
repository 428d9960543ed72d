"""What a person does on a screen."""

from dataclasses import dataclass
from enum import StrEnum, auto


class AndroidKey(StrEnum):
    """Keys that a screen has none for."""

    BACK = auto()
    HOME = auto()
    APP_SWITCH = auto()
    MENU = auto()
    POWER = auto()
    VOLUME_UP = auto()
    VOLUME_DOWN = auto()
    ENTER = auto()
    TAB = auto()
    ESCAPE = auto()
    DEL = auto()
    """Deletes before the cursor."""
    FORWARD_DEL = auto()
    DPAD_UP = auto()
    DPAD_DOWN = auto()
    DPAD_LEFT = auto()
    DPAD_RIGHT = auto()
    MOVE_HOME = auto()
    MOVE_END = auto()
    PAGE_UP = auto()
    PAGE_DOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """In the screen's pixels, from the upper left."""

    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swipe:
    """From one point to another; without a way it is a long press."""

    x: int
    y: int
    to_x: int
    to_y: int
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A key, down and up."""

    key: AndroidKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Text, into what has the focus."""

    text: str


Gesture = Tap | Swipe | Press | Typing
