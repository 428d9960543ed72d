"""The file transfer of ADB (AOSP, adb/SYNC.TXT): STAT, LIST, SEND, RECV."""

import stat as modes
import struct
from collections.abc import Awaitable, Callable, Mapping

from ldfleet.simulator.adb.wires import Wire
from ldfleet.simulator.ldplayer.guest import Guest

LARGEST_PIECE = 64 * 1024
LONGEST_PATH = 1024
MISSING = 2  # ENOENT
FOLDERS = ("/", "/sdcard", "/sdcard/Download", "/data", "/data/local", "/data/local/tmp", "/system")
_HEAD = struct.Struct("<4sI")
_STAT_2 = struct.Struct("<4sIQQIIIIQqqq")
Request = Callable[[Guest, Wire, str], Awaitable[None]]
_FILE, _FOLDER = modes.S_IFREG | 0o644, modes.S_IFDIR | 0o755


async def sync(guest: Guest, wire: Wire) -> None:
    """One request after the other, until QUIT."""
    while True:
        kind, size = _HEAD.unpack(await wire.exactly(_HEAD.size))
        if kind == b"QUIT":
            return
        if size > LONGEST_PATH:
            await _fail(wire, "path too long")
            return
        path = (await wire.exactly(size)).decode(errors="replace")
        request = REQUESTS.get(kind)
        if request is None:
            await _fail(wire, f"unknown command {kind!r}")
            return
        await request(guest, wire, path)


def _looked_up(guest: Guest, path: str) -> tuple[int, int]:
    """Mode and size; zeros for what is not there."""
    if path in guest.files:
        return _FILE, len(guest.files[path])
    folder = path.rstrip("/") or "/"
    known = folder in FOLDERS or any(each.startswith(f"{folder}/") for each in guest.files)
    return (_FOLDER, 4096) if known else (0, 0)


async def _stat(guest: Guest, wire: Wire, path: str) -> None:
    await wire.send(b"STAT" + struct.pack("<III", *_looked_up(guest, path), 0))


def _stat_2(kind: bytes) -> Request:
    async def request(guest: Guest, wire: Wire, path: str) -> None:
        mode, size = _looked_up(guest, path)
        error = 0 if mode else MISSING
        await wire.send(_STAT_2.pack(kind, error, 0, 0, mode, 1, 0, 0, size, 0, 0, 0))

    return request


async def _list(guest: Guest, wire: Wire, folder: str) -> None:
    prefix = folder.rstrip("/") + "/"
    inside = (path[len(prefix) :] for path in guest.files if path.startswith(prefix))
    names = {path.partition("/")[0] for path in inside}
    for name in sorted(names):
        mode, size = _looked_up(guest, prefix + name)
        raw = name.encode()
        await wire.send(b"DENT" + struct.pack("<IIII", mode, size, 0, len(raw)) + raw)
    await wire.send(b"DONE" + bytes(16))


async def _send(guest: Guest, wire: Wire, path: str) -> None:
    content = guest.files.get(path)
    if content is None:
        await _fail(wire, "open failed: No such file or directory")
        return
    for at in range(0, len(content), LARGEST_PIECE):
        piece = content[at : at + LARGEST_PIECE]
        await wire.send(_HEAD.pack(b"DATA", len(piece)) + piece)
    await wire.send(_HEAD.pack(b"DONE", 0))


async def _receive(guest: Guest, wire: Wire, spec: str) -> None:
    path, _, _mode = spec.rpartition(",")
    content = bytearray()
    while True:
        kind, size = _HEAD.unpack(await wire.exactly(_HEAD.size))
        if kind == b"DONE":
            break
        content += await wire.exactly(size)
    guest.files[path] = bytes(content)
    await wire.send(_HEAD.pack(b"OKAY", 0))


async def _fail(wire: Wire, reason: str) -> None:
    await wire.send(_HEAD.pack(b"FAIL", len(reason)) + reason.encode())


REQUESTS: Mapping[bytes, Request] = {
    b"SEND": _receive,
    b"RECV": _send,
    b"LIST": _list,
    b"STAT": _stat,
    b"STA2": _stat_2(b"STA2"),
    b"LST2": _stat_2(b"LST2"),
}
