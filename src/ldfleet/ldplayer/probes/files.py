"""Questions about files, ports and the registry (ldconsole.md 13)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ldfleet.errors import JSON
from ldfleet.ldplayer.configfile import read_instance
from ldfleet.ldplayer.discovery import read_registry
from ldfleet.ldplayer.jsontext import read_object
from ldfleet.ldplayer.layout import folder
from ldfleet.ldplayer.probes.probe import (
    Ask,
    Heard,
    Probe,
    Reading,
    Scene,
    needs_rows,
    nothing,
    ok,
    unknown,
    warning,
)
from ldfleet.ldplayer.probes.windows import tool
from ldfleet.ldplayer.text import NotUnderstood, one_newline

_BOM = b"\xef\xbb\xbf"
_LISTENING = re.compile(rb"^\s*TCP\s+(\S+):(\d+)\s+\S+:0\s+\S+\s+(\d+)\s*$", re.MULTILINE)
_INDENT = re.compile(rb"\n( +|\t+)\"")
_LOOPBACK = frozenset({"127.0.0.1", "[::1]"})
_FIRST_PORT = 5555
_TELLING = 100_000
"""A longer number may be one of a device or a person."""
_KEYS = tuple(
    rf"{hive}\{place}\{maker}"
    for hive, place in (
        ("HKLM", "SOFTWARE"),
        ("HKLM", r"SOFTWARE\WOW6432Node"),
        ("HKCU", "SOFTWARE"),
    )
    for maker in ("XuanZhi", "leidian")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a file is written, without what it says."""

    size: int
    bom: bool
    newline: str
    indent: str
    """The blanks before the first key; empty where it stands on the first line."""
    types: Mapping[str, str]
    """Of the value of each key; empty where the file is no JSON object."""

    @property
    def words(self) -> str:
        """The shape in a line; the size differs from file to file."""
        bom = "with a BOM" if self.bom else "no BOM"
        indent = f"indent {self.indent!r}" if self.indent else "no indent"
        return f"{bom}, {self.newline}, {indent}, {len(self.types)} keys"


def shape_of(content: bytes) -> Shape:
    """Never fails: a damaged file has a shape, too."""
    try:
        values: Mapping[str, JSON] = read_object(content)
    except NotUnderstood:
        values = {}
    indent = _INDENT.search(one_newline(content))
    ends = {b"\r\n" in content: "CRLF", b"\n" in content.replace(b"\r\n", b""): "LF"}
    return Shape(
        size=len(content),
        bom=content.startswith(_BOM),
        newline=" and ".join(word for there, word in ends.items() if there) or "no line end",
        indent="" if indent is None else indent[1].decode(),
        types={key: _type(value) for key, value in values.items()},
    )


def _type(value: JSON) -> str:
    """The kind of a value; of small numbers and truths the value itself, which tells of nobody."""
    match value:
        case bool() | float() | None:
            return str(value)
        case int():
            return str(value) if abs(value) < _TELLING else f"number of {len(str(value))} digits"
        case str():
            return f"text of {len(value)}"
        case dict():
            return f"object of {', '.join(sorted(value))}"
        case list():
            return f"list of {len(value)}"


def _config_bytes(scene: Scene, _: Sequence[Heard]) -> Reading:
    shapes = {
        index: shape_of(content) for index, content in scene.configs.items() if content is not None
    }
    if not shapes:
        return unknown("no config file is there", "Boot an emulator once, and ask again.")
    told = "; ".join(f"leidian{index}.config: {shape.words}" for index, shape in shapes.items())
    damaged = [index for index, shape in shapes.items() if not shape.types]
    if damaged:
        files = ", ".join(f"leidian{index}.config" for index in damaged)
        return warning(
            f"{told}; no JSON: {files}",
            "Restore the emulator's config file from a backup, or save its settings in LDPlayer.",
        )
    if any(shape.bom or shape.indent != " " * 4 for shape in shapes.values()):
        return warning(f"{told}; the reference has 4 blanks and no BOM (ldconsole.md 3.2)")
    return ok(told)


def _binding(scene: Scene, heard: Sequence[Heard]) -> Reading:
    ports = {_FIRST_PORT + 2 * row.index: row.index for row in scene.rows}
    bound: dict[int, set[str]] = {}
    for address, port, _pid in _listening(heard[0]):
        if int(port) in ports:
            bound.setdefault(int(port), set()).add(address)
    if not bound:
        return unknown("no emulator listens on its port", "Ask again while one with ADB runs.")
    told = "; ".join(
        f"{port} (adbDebug {_adb_debug(scene, ports[port])}): {', '.join(sorted(addresses))}"
        for port, addresses in sorted(bound.items())
    )
    if all(addresses <= _LOOPBACK for addresses in bound.values()):
        return ok(told)
    return warning(
        f"{told}: whoever reaches the PC reaches these emulators, without a login",
        "Block TCP 2222 and 5554-5750 from outside in the PC's firewall (ldconsole.md 8).",
    )


def _listening(heard: Heard) -> Collection[tuple[str, str, str]]:
    """Address, port, PID. The state's word is in the PC's language: the other side is 0."""
    found = _LISTENING.findall(heard.ran.stdout)
    if not found:
        raise NotUnderstood("netstat names no port that is listened on")
    return [(address.decode(), port.decode(), pid.decode()) for address, port, pid in found]


def _adb_debug(scene: Scene, index: int) -> str:
    content = scene.configs.get(index)
    if content is None:
        return "unknown"
    try:
        value = read_instance(content).adb_debug
    except NotUnderstood:
        return "unknown"
    return "not written" if value is None else str(value)


def _registry(scene: Scene, heard: Sequence[Heard]) -> Reading:
    naming = [key for key, each in zip(_KEYS, heard, strict=True) if _names(each, scene.folder)]
    if naming:
        return ok(f"named by {', '.join(naming)}")
    return warning(
        f"named by none of {', '.join(_KEYS)} (HKCU is the login's own)",
        "Set the workstation's LDPlayer path, so that it is found whatever the registry says.",
    )


def _names(heard: Heard, install: str) -> bool:
    found = read_registry([heard.ran])
    return any(folder(one.install_dir).casefold() == install.casefold() for one in found)


def _queries(_: Scene) -> Sequence[Ask]:
    return tuple(tool("reg.exe", "query", key, "/s") for key in _KEYS)


_ASKED = "ldconsole.md 13"
PROBES = (
    Probe(
        id="registry",
        question="Which registry keys name this LDPlayer (of 14 none is known)?",
        source=_ASKED,
        of_install=True,
        asks=_queries,
        read=_registry,
    ),
    Probe(
        id="config-bytes",
        question="How are config files written: BOM, line ends, indent, how many keys?",
        source=_ASKED,
        of_install=True,
        asks=nothing,
        read=_config_bytes,
        needs=needs_rows,
    ),
    Probe(
        id="adb-binding",
        question="On which addresses do emulators' ADB ports listen, for adbDebug 1 and 2?",
        source=_ASKED,
        of_install=True,
        asks=lambda _: (tool("netstat.exe", "-ano", "-p", "TCP"),),
        read=_binding,
        needs=needs_rows,
    ),
)
