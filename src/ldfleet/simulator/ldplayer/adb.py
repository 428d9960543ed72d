"""The adb client, as ldconsole's `adb` command and as the adb.exe beside it."""

import asyncio
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ldfleet.simulator.files import FileSystem
from ldfleet.simulator.host import Invocation, Program
from ldfleet.simulator.ldplayer import apk, sh
from ldfleet.simulator.ldplayer.attached import NotServed, attached, connect, find
from ldfleet.simulator.ldplayer.guest import Guest, shell
from ldfleet.simulator.ldplayer.install import Install
from ldfleet.simulator.ldplayer.instance import Instance

VERSION = "Android Debug Bridge version 1.0.41\nVersion 34.0.4-10411341\n"


@dataclass(slots=True)
class Reply:
    out: bytes = b""
    err: str = ""
    code: int = 0


def devices(installs: Sequence[Install]) -> str:
    """`adb devices`."""
    rows = (f"{each.instance.serial}\t{each.state}" for each in attached(installs))
    return "\n".join(["List of devices attached", *rows, "", ""])


async def on_device(install: Install, instance: Instance, words: Sequence[str]) -> Reply:
    """A command for one emulator, as ldconsole gives it to adb."""
    return await _on_one([install], instance.serial, words)


class Server(Protocol):
    """The machine's, which any adb.exe starts."""

    def start(self) -> None: ...

    def kill(self) -> None: ...


def program(installs: Sequence[Install], server: Server) -> Program:
    """Adb.exe: sees the emulators of all installations."""

    async def adb(invocation: Invocation) -> int:
        invocation.host.settle()
        words = invocation.argv[1:]
        serial = ""
        while words[:1] and words[0] in {"-s", "-P", "-H"}:
            serial = words[1] if words[0] == "-s" and len(words) > 1 else serial
            words = words[2:]
        if words[:1] == ["wait-for-device"]:
            await asyncio.get_running_loop().create_future()
        if words[:1] == ["kill-server"]:
            server.kill()
        elif words[:1] != ["version"]:
            server.start()
        try:
            reply = await _client(installs, serial, words)
        except OSError as refusal:
            reply = Reply(err=f"adb: error: {refusal}\n", code=1)
        raw = words[:1] == ["exec-out"]
        invocation.process.write_out(reply.out if raw else reply.out.replace(b"\n", b"\r\n"))
        invocation.err(reply.err.replace("\n", "\r\n"))
        return reply.code

    return adb


async def _client(installs: Sequence[Install], serial: str, words: list[str]) -> Reply:
    match words:
        case ["devices", *_]:
            return Reply(devices(installs).encode())
        case ["version"]:
            return Reply(VERSION.encode())
        case ["start-server"] | ["kill-server"]:
            return Reply()
        case ["connect", address]:
            return Reply(connect(installs, address).encode())
        case ["disconnect", *addresses]:
            return Reply(f"disconnected {' '.join(addresses) or 'everything'}\n".encode())
        case _:
            return await _on_one(installs, serial, words)


async def _on_one(installs: Sequence[Install], serial: str, words: Sequence[str]) -> Reply:
    if words and words[0] == "devices":
        return Reply(devices(installs[0].peers).encode())
    try:
        device = find(installs, serial)
    except NotServed as refusal:
        return Reply(err=f"error: {refusal}\n", code=1)
    if not words:
        return Reply(VERSION.encode(), code=1)
    command = COMMANDS.get(words[0])
    if command is None:
        return Reply(err=f"adb: unknown command {words[0]}\n", code=1)
    if device.hangs:
        await asyncio.get_running_loop().create_future()
    return command(device.guest, list(words[1:]), device.install.host.files)


def _get_state(_guest: Guest, _words: list[str], _files: FileSystem) -> Reply:
    return Reply(b"device\n")


def _shell(guest: Guest, words: list[str], _files: FileSystem) -> Reply:
    out, code = sh.run(guest, " ".join(words))
    return Reply(out, code=code)


def _exec_out(guest: Guest, words: list[str], files: FileSystem) -> Reply:
    return replace(_shell(guest, words, files), code=0)  # it has no way to tell


def _install(guest: Guest, words: list[str], files: FileSystem) -> Reply:
    paths = [word for word in words if not word.startswith("-")]
    return install_apk(guest, paths[0] if paths else "", files=files)


def _install_multiple(guest: Guest, words: list[str], files: FileSystem) -> Reply:
    return install_apk(guest, *(word for word in words if not word.startswith("-")), files=files)


def install_apk(guest: Guest, *paths: str, files: FileSystem) -> Reply:
    """Install the app of a file, or of a base and its splits."""
    for path in paths:
        if not files.exists(path):
            return Reply(err=f"adb: failed to stat {path}: No such file or directory\n", code=1)
    try:
        apk.install(guest, [apk.of_file(path, files) for path in paths])
    except apk.Refused as refusal:
        return Reply(err=f"adb: failed to install: Failure [{refusal}]\n", code=1)
    return Reply(b"Performing Streamed Install\nSuccess\n")


def _uninstall(guest: Guest, words: list[str], _files: FileSystem) -> Reply:
    out, code = shell(guest, ["pm", "uninstall", *words[-1:]])
    return Reply(out, code=code or int(not out.startswith(b"Success")))


def _push(guest: Guest, words: list[str], files: FileSystem) -> Reply:
    if len(words) < 2 or not files.exists(words[0]):  # noqa: PLR2004 - from and to
        missing = words[0] if words else ""
        return Reply(
            err=f"adb: error: cannot stat '{missing}': No such file or directory\n", code=1
        )
    local, remote = words[0], words[1]
    if remote.endswith("/"):
        remote = posixpath.join(remote, local.rpartition("\\")[2])
    guest.files[remote] = files.read(local)
    return Reply(f"{local}: 1 file pushed, 0 skipped.\n".encode())


def _pull(guest: Guest, words: list[str], files: FileSystem) -> Reply:
    remote = words[0] if words else ""
    if remote not in guest.files:
        return Reply(
            err=f"adb: error: failed to stat remote object '{remote}': No such file or directory\n",
            code=1,
        )
    files.write(words[-1], guest.files[remote])
    return Reply(f"{remote}: 1 file pulled, 0 skipped.\n".encode())


COMMANDS: dict[str, Callable[[Guest, list[str], FileSystem], Reply]] = {
    "get-state": _get_state,
    "shell": _shell,
    "exec-out": _exec_out,
    "install": _install,
    "install-multiple": _install_multiple,
    "uninstall": _uninstall,
    "push": _push,
    "pull": _pull,
}
