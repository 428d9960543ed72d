"""The adb client, as ldconsole's `adb` command and as the adb.exe beside it."""

import asyncio
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ldfleet.simulator.files import FileSystem
from ldfleet.simulator.host import Invocation, Program
from ldfleet.simulator.ldplayer import sh
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
    """`adb devices`; a serial that was there stays `offline` after quit (ldconsole.md 8)."""
    lines = ["List of devices attached"]
    for install in installs:
        for instance in install.ordered():
            if install.online(instance):
                lines.append(f"{instance.serial}\tdevice")
            elif instance.was_online and not install.host.faults.adb_off:
                lines.append(f"{instance.serial}\toffline")
    return "\n".join([*lines, "", ""])


def on_device(install: Install, instance: Instance, words: Sequence[str]) -> Reply:
    """A command for one emulator."""
    if words and words[0] == "devices":
        return Reply(devices(install.peers).encode())
    if not install.online(instance):
        return Reply(err=f"error: device '{instance.serial}' not found\n", code=1)
    if not words:
        return Reply(VERSION.encode(), code=1)
    command = COMMANDS.get(words[0])
    if command is None:
        return Reply(err=f"adb: unknown command {words[0]}\n", code=1)
    guest = instance.guest
    guest.props["sys.boot_completed"] = "1" if install.view(instance).booted else ""
    return command(guest, list(words[1:]), install.host.files)


def program(installs: Sequence[Install]) -> Program:
    """Adb.exe: sees the emulators of all installations of the machine."""

    async def adb(invocation: Invocation) -> int:
        invocation.host.settle()
        words = invocation.argv[1:]
        serial = ""
        while words[:1] and words[0] in {"-s", "-P", "-H"}:
            serial = words[1] if words[0] == "-s" and len(words) > 1 else serial
            words = words[2:]
        if words[:1] == ["wait-for-device"]:
            await asyncio.get_running_loop().create_future()
        try:
            reply = _client(installs, serial, words)
        except OSError as refusal:
            reply = Reply(err=f"adb: error: {refusal}\n", code=1)
        raw = words[:1] == ["exec-out"]
        invocation.process.write_out(reply.out if raw else reply.out.replace(b"\n", b"\r\n"))
        invocation.err(reply.err.replace("\n", "\r\n"))
        return reply.code

    return adb


def _client(installs: Sequence[Install], serial: str, words: list[str]) -> Reply:
    match words:
        case ["devices", *_]:
            return Reply(devices(installs).encode())
        case ["version"]:
            return Reply(VERSION.encode())
        case ["start-server"] | ["kill-server"]:
            return Reply()
        case ["connect", address]:
            return Reply(_connect(installs, address).encode())
        case _:
            return _on_one(installs, serial, words)


def _connect(installs: Sequence[Install], address: str) -> str:
    # Exit code 0 either way: only the text tells (ldconsole.md 8).
    if _find(installs, address) is not None:
        return f"connected to {address}\n"
    refused = "No connection could be made because the target machine actively refused it."
    return f"cannot connect to {address}: {refused} (10061)\n"


def _on_one(installs: Sequence[Install], serial: str, words: list[str]) -> Reply:
    found = _find(installs, serial)
    if found is not None:
        return on_device(*found, words)
    named = f"device '{serial}' not found" if serial else "no devices/emulators found"
    return Reply(err=f"error: {named}\n", code=1)


def _find(installs: Sequence[Install], serial: str) -> tuple[Install, Instance] | None:
    online = [
        (install, instance)
        for install in installs
        for instance in install.ordered()
        if install.online(instance)
    ]
    if not serial:
        return online[0] if len(online) == 1 else None
    names = ((pair, {pair[1].serial, f"127.0.0.1:{pair[1].port}"}) for pair in online)
    return next((pair for pair, known in names if serial in known), None)


def _get_state(_guest: Guest, _words: list[str], _files: FileSystem) -> Reply:
    return Reply(b"device\n")


def _shell(guest: Guest, words: list[str], _files: FileSystem) -> Reply:
    out, code = sh.run(guest, " ".join(words))
    return Reply(out, code=code)


def _exec_out(guest: Guest, words: list[str], files: FileSystem) -> Reply:
    return replace(_shell(guest, words, files), code=0)  # it has no way to tell


def _install(guest: Guest, words: list[str], files: FileSystem) -> Reply:
    paths = [word for word in words if not word.startswith("-")]
    return install_apk(guest, paths[0] if paths else "", files)


def install_apk(guest: Guest, path: str, files: FileSystem) -> Reply:
    """Install the package a file is named after: `com.example.game-1.2.apk`, version 1.2."""
    if not files.exists(path):
        return Reply(err=f"adb: failed to stat {path}: No such file or directory\n", code=1)
    name = path.replace("/", "\\").rpartition("\\")[2].removesuffix(".apk")
    package, _, version = name.partition("-")
    guest.install(package, version or "1.0")
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
    "uninstall": _uninstall,
    "push": _push,
    "pull": _pull,
}
