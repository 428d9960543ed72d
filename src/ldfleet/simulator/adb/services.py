"""What a device offers over ADB (AOSP, adb/SERVICES.TXT): shell, exec, sync, sockets."""

import asyncio
import re
import shlex
import struct
from collections.abc import Awaitable, Callable, Mapping

from ldfleet.simulator.adb.sync import sync
from ldfleet.simulator.adb.wires import Limited, Wire
from ldfleet.simulator.ldplayer import apk, sh
from ldfleet.simulator.ldplayer.attached import Attached
from ldfleet.simulator.ldplayer.guest import Answer

Service = Callable[[Wire], Awaitable[None]]
FEATURES = "shell_v2,cmd,stat_v2"
"""Of Android 9."""
STDIN, STDOUT, EXIT, CLOSE_STDIN = 0, 1, 3, 4
PACKET = struct.Struct("<BI")
ECHO = "ldfleet_echo"
_INSTALL = re.compile(r"^(?:cmd package|pm) '?install'? ")


def find(device: Attached, name: str) -> Service | None:
    """What serves that name on the device; None: it has no such service."""
    kind, _, rest = name.partition(":")
    flags = kind.split(",")[1:]
    if kind.split(",")[0] == "shell":
        shell = _shell_v2 if "v2" in flags else _plain
        return _bounded(device, lambda wire: shell(device, rest, wire))
    if kind == "exec":
        return _bounded(device, lambda wire: _plain(device, rest, wire))
    if name == "sync:":
        return _bounded(device, lambda wire: sync(device.guest, wire))
    if kind == "localabstract" and rest in SOCKETS:
        return _bounded(device, SOCKETS[rest])
    return None


def _bounded(device: Attached, service: Service) -> Service:
    async def serve(wire: Wire) -> None:
        if device.faults.adb_cut_after is not None:
            wire = Wire(wire.reader, Limited(wire.writer, device.faults.adb_cut_after))
        if device.hangs:
            await asyncio.get_running_loop().create_future()
        await service(wire)

    return serve


async def _plain(device: Attached, line: str, wire: Wire) -> None:
    """`exec:` and the old `shell:`: its streams are one, and no exit code is told."""
    if size := _streamed(line):
        content = await wire.exactly(size)
        await wire.send(_install(device, content)[0])
        return
    await wire.send(_run(device, line)[0])


async def _shell_v2(device: Attached, line: str, wire: Wire) -> None:
    """Packets of a kind and a length, the exit code at their end."""
    if not line:
        line = (await _typed(wire)).decode(errors="replace").replace("\n", ";")
    elif size := _streamed(line):
        out, code = _install(device, (await _typed(wire))[:size])
        await wire.send(_packet(STDOUT, out) + _packet(EXIT, bytes([code])))
        return
    out, code = _run(device, line)
    for at in range(0, len(out), 65_536):
        await wire.send(_packet(STDOUT, out[at : at + 65_536]))
    await wire.send(_packet(EXIT, bytes([code & 0xFF])))


async def _typed(wire: Wire) -> bytes:
    """Standard input, to its end."""
    data = bytearray()
    while True:
        kind, size = PACKET.unpack(await wire.exactly(PACKET.size))
        content = await wire.exactly(size)
        if kind == STDIN:
            data += content
        elif kind == CLOSE_STDIN:
            return bytes(data)


def _packet(kind: int, content: bytes) -> bytes:
    return PACKET.pack(kind, len(content)) + content


def _run(device: Attached, line: str) -> Answer:
    if _INSTALL.match(line):
        return _install_pushed(device, line)
    return sh.run(device.guest, line)


def _streamed(line: str) -> int:
    """How many bytes of a package the command is followed by."""
    size = re.search(r" -S '?(\d+)'?", line)
    return int(size[1]) if _INSTALL.match(line) and size else 0


def _install_pushed(device: Attached, line: str) -> Answer:
    path = shlex.split(line)[-1]
    content = device.guest.files.get(path)
    if content is None:
        return f"Error: Unable to open file: {path}\n".encode(), 1
    return _install(device, content)


def _install(device: Attached, content: bytes) -> Answer:
    if device.faults.apk_refused:
        return f"Failure [{device.faults.apk_refused}]\n".encode(), 1
    try:
        apk.install(device.guest, [apk.read(content)])
    except apk.Refused as refusal:
        return f"Failure [{refusal}]\n".encode(), 1
    return b"Success\n", 0


async def _echo(wire: Wire) -> None:
    while data := await wire.reader.read(65_536):
        await wire.send(data)


SOCKETS: Mapping[str, Service] = {ECHO: _echo}
"""Abstract Unix sockets that something in Android listens to."""
