"""The Android inside one emulator: apps, properties, files, and the shell that shows them."""

import fnmatch
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ldfleet.simulator.ldplayer.screen import picture

SYSTEM_PACKAGES = (
    "android",
    "com.android.settings",
    "com.android.systemui",
    "com.android.launcher3",
    "com.android.chrome",
    "com.android.flysilkworm",
)
NOT_FOUND = 127
ADAPTER = "/sys/class/net/wlan0/address"


@dataclass(slots=True)
class Guest:
    """Survives a reboot; `running` does not. `props` are those of this boot's Android."""

    apps: dict[str, str] = field(default_factory=dict[str, str])
    """Package to version name, of what was installed."""
    codes: dict[str, int] = field(default_factory=dict[str, int])
    """Package to version code, where its file had one."""
    installs: int = 0
    """How many there were: each gives an app another place."""
    places: dict[str, str] = field(default_factory=dict[str, str])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    props: dict[str, str] = field(default_factory=dict[str, str])
    running: list[str] = field(default_factory=list[str])
    """The app in front last."""
    has_monkey: bool = True
    size: tuple[int, int, int] = (0, 0, 0)
    inputs: list[str] = field(default_factory=list[str])
    mac: str = ""
    """Of its network adapter, 12 hex digits as the settings write it."""
    looks: int = 0
    frozen: bool = False
    """What it shows stands still."""
    shown: bytes = b""
    """The last picture that somebody was given."""

    def clone(self) -> "Guest":
        return Guest(
            apps=dict(self.apps),
            codes=dict(self.codes),
            installs=self.installs,
            places=dict(self.places),
            files=dict(self.files),
        )

    def install(self, package: str, version: str, *, code: int = 0) -> None:
        """Put it there, or another version in its stead."""
        self.installs += 1
        self.codes[package] = code
        self.apps[package] = version
        self.places[package] = f"/data/app/{package}-{self.installs:x}==/base.apk"

    def place_of(self, package: str) -> str:
        """Where its file is."""
        of_system = f"/system/app/{package.rpartition('.')[2]}/base.apk"
        return self.places.get(package, of_system)

    def packages(self) -> list[str]:
        return [*SYSTEM_PACKAGES, *sorted(self.apps)]

    def open(self, package: str) -> bool:
        if package not in self.packages():
            return False
        self.close(package)
        self.running.append(package)
        return True

    def close(self, package: str) -> None:
        if package in self.running:
            self.running.remove(package)


Answer = tuple[bytes, int]


def shell(guest: Guest, words: Sequence[str]) -> Answer:
    """What `adb shell words…` prints, lines ending as Android ends them, and its exit code."""
    if not words:
        return b"", 0
    command = COMMANDS.get(words[0])
    if command is None or (words[0] == "monkey" and not guest.has_monkey):
        return f"/system/bin/sh: {words[0]}: not found\n".encode(), NOT_FOUND
    return command(guest, list(words[1:]))


def screenshot(guest: Guest) -> bytes:
    """A PNG as wide and high as the screen; the game in it goes on from one to the next."""
    width, height, _ = guest.size
    if not width:
        return b""  # its screen is not there yet
    guest.looks += not guest.frozen
    guest.shown = picture(width, height, guest.looks)
    return guest.shown


def _lines(*lines: str) -> Answer:
    return "".join(f"{line}\n" for line in lines).encode(), 0


def _getprop(guest: Guest, words: list[str]) -> Answer:
    if words:
        return _lines(guest.props.get(words[0], ""))
    return _lines(*(f"[{name}]: [{value}]" for name, value in sorted(guest.props.items())))


def _setprop(guest: Guest, words: list[str]) -> Answer:
    guest.props.update({words[0]: words[1]} if len(words) > 1 else {})
    return b"", 0


def _pm(guest: Guest, words: list[str]) -> Answer:
    match words:
        case ["list", "packages", *options]:
            third_party = "-3" in options
            names = sorted(guest.apps) if third_party else guest.packages()
            placed = [f"{guest.place_of(name)}={name}" for name in names]
            return _lines(*(f"package:{row}" for row in (placed if "-f" in options else names)))
        case ["path", package] if package in guest.packages():
            return _lines(f"package:{guest.place_of(package)}")
        case ["clear", package] if package in guest.packages():
            guest.close(package)
            return _lines("Success")
        case ["uninstall", package] if package in guest.apps:
            del guest.apps[package]
            guest.close(package)
            return _lines("Success")
        case ["uninstall", _]:
            return _lines("Failure [DELETE_FAILED_INTERNAL_ERROR]")
        case _:
            return b"", 1


def _cmd(guest: Guest, words: list[str]) -> Answer:
    if words[:1] == ["package"]:
        return _pm(guest, words[1:])
    return f"cmd: Can't find service: {' '.join(words[:1])}\n".encode(), 20


def _am(guest: Guest, words: list[str]) -> Answer:
    match words:
        case ["force-stop", package]:
            guest.close(package)
            return b"", 0
        case ["start", *options]:
            component = options[-1] if options else ""
            if guest.open(component.partition("/")[0]):
                return _lines(f"Starting: Intent {{ cmp={component} }}")
            return b"Error type 3\nError: Activity class does not exist.\n", 1
        case _:
            return b"", 1


def _monkey(guest: Guest, words: list[str]) -> Answer:
    package = words[words.index("-p") + 1] if "-p" in words[:-1] else ""
    if guest.open(package):
        return _lines("Events injected: 1")
    return b"** No activities found to run, monkey aborted.\n", 252


def _pidof(guest: Guest, words: list[str]) -> Answer:
    if words and words[0] in guest.running:
        return _lines(str(2000 + zlib.crc32(words[0].encode()) % 20_000))
    return b"", 1


def _input(guest: Guest, words: list[str]) -> Answer:
    guest.inputs = [*guest.inputs[-99:], " ".join(words)]
    return b"", 0


def _wm(guest: Guest, words: list[str]) -> Answer:
    width, height, dpi = guest.size
    if words[:1] == ["density"]:
        return _lines(f"Physical density: {dpi}")
    return _lines(f"Physical size: {width}x{height}")


def _of_package(guest: Guest, package: str) -> list[str]:
    """As AOSP's PackageManagerService dumps it."""
    of_system = package in SYSTEM_PACKAGES
    release = guest.props.get("ro.build.version.release", "")
    version = release if of_system else guest.apps[package]
    numbers = [part for part in version.split(".") if part.isdecimal()]
    code = guest.codes.get(package) or int("".join(f"{int(part):02}" for part in numbers) or 1)
    return [
        f"  Package [{package}] ({zlib.crc32(package.encode()):x}):",
        f"    userId={10_000 + zlib.crc32(package.encode()) % 9_999}",
        f"    codePath={guest.place_of(package).rpartition('/')[0]}",
        f"    versionCode={code} minSdk=21 targetSdk=28",
        f"    versionName={version}",
        f"    flags=[ {'SYSTEM ' if of_system else ''}HAS_CODE ALLOW_CLEAR_USER_DATA ]",
    ]


def _dumpsys(guest: Guest, words: list[str]) -> Answer:
    match words:
        case ["package", "packages"]:
            rows = [_of_package(guest, package) for package in guest.packages()]
            # An updated app of the system is told of twice: as it is, and as it was delivered.
            hidden = ["Hidden system packages:", "  Package [com.android.chrome] (0):"]
            hidden += ["    versionCode=1 minSdk=21 targetSdk=28", "    versionName=0.1"]
            return _lines("Packages:", *(line for row in rows for line in row), "", *hidden)
        case ["package", package] if package in guest.packages():
            return _lines("Packages:", *_of_package(guest, package))
        case ["window", *_] if guest.running:
            return _lines(f"  mCurrentFocus=Window{{1 u0 {guest.running[-1]}/.Main}}")
        case _:
            return b"", 0


def _screencap(guest: Guest, words: list[str]) -> Answer:
    picture = screenshot(guest)
    paths = [word for word in words if not word.startswith("-")]
    if not paths:
        return picture, 0
    guest.files[paths[0]] = picture
    return b"", 0


def _ls(guest: Guest, words: list[str]) -> Answer:
    folder = words[-1] if words else "/"
    found = [path for path in sorted(guest.files) if path.startswith(folder)]
    return _lines(*found) if found else (f"ls: {folder}: No such file or directory\n".encode(), 1)


def _rm(guest: Guest, words: list[str]) -> Answer:
    for word in words:
        guest.files.pop(word, None)
    return b"", 0


def _cat(guest: Guest, words: list[str]) -> Answer:
    adapter = ":".join(re.findall("..", guest.mac.lower()))
    found = {
        **guest.files,
        "/sys/class/net/lo/address": b"00:00:00:00:00:00\n",
        ADAPTER: f"{adapter}\n".encode(),
    }
    told, code = bytearray(), 0
    for word in words:
        matching = fnmatch.filter(sorted(found), word)
        if not matching:
            code = 1
            told += f"cat: {word}: No such file or directory\n".encode()
        for path in matching:
            told += found[path]
    return bytes(told), code


def _settings(guest: Guest, words: list[str]) -> Answer:
    if words == ["get", "secure", "android_id"]:
        return _lines(guest.props.get("phone.androidid", "null"))
    return _lines("null")


def _echo(_guest: Guest, words: list[str]) -> Answer:
    return _lines(" ".join(words))


def _id(_guest: Guest, _words: list[str]) -> Answer:
    return _lines("uid=2000(shell) gid=2000(shell)")


COMMANDS: dict[str, Callable[[Guest, list[str]], Answer]] = {
    "getprop": _getprop,
    "setprop": _setprop,
    "pm": _pm,
    "cmd": _cmd,
    "am": _am,
    "monkey": _monkey,
    "pidof": _pidof,
    "input": _input,
    "wm": _wm,
    "dumpsys": _dumpsys,
    "screencap": _screencap,
    "ls": _ls,
    "rm": _rm,
    "cat": _cat,
    "settings": _settings,
    "echo": _echo,
    "id": _id,
}
