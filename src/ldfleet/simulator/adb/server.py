"""The ADB server of a workstation: what adb.exe starts, and every client speaks to."""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence

from ldfleet.simulator.adb import services
from ldfleet.simulator.adb.wires import GONE, Wire
from ldfleet.simulator.host import Host
from ldfleet.simulator.ldplayer.attached import (
    Attached,
    NotServed,
    address_of,
    attached,
    connect,
    find,
)
from ldfleet.simulator.ldplayer.install import Install
from ldfleet.simulator.seam import Reader, Writer

PORT = 5037
VERSION = "0029"
"""41: of every adb since 2019, so that none of them takes it for too old and ends it."""
LOOKED_EVERY = 0.2  # real seconds, for `track-devices` and `wait-for-device`

Answer = Callable[[str], Awaitable[str]]


class AdbServer:
    """Listens from the first adb.exe on, until the machine restarts or somebody kills it."""

    def __init__(self, host: Host, installs: Sequence[Install]) -> None:
        self._host = host
        self._installs = installs
        self._addresses: set[str] = set()
        """Those that somebody has connected to: they are listed as devices of their own."""
        self._queries: Mapping[str, Answer] = {
            "version": self._version,
            "features": self._features,
            "host-features": self._features,
            "devices": self._devices,
            "devices-l": self._devices_long,
            "connect": self._connect,
            "disconnect": self._disconnect,
        }

    def start(self) -> None:
        """As `adb start-server`; one that runs goes on."""
        self._host.ports.setdefault(PORT, self.serve)

    def kill(self) -> None:
        """As `adb kill-server`, which nobody should: it goes into the journal."""
        self._host.ports.pop(PORT, None)
        self._note("killed")

    async def serve(self, reader: Reader, writer: Writer) -> None:
        """One client."""
        wire = Wire(reader, writer)
        try:
            device: Attached | None = None
            while True:
                name = await self._asked(wire)
                self._host.settle()
                granted = await self._granted(wire, name, device)
                if granted is None:
                    return
                device = granted
        except GONE:
            pass
        finally:
            writer.close()

    async def _asked(self, wire: Wire) -> str:
        size = int(await wire.exactly(4), 16)
        return (await wire.exactly(size)).decode()

    async def _granted(self, wire: Wire, name: str, device: Attached | None) -> Attached | None:
        """Answer a request; the device that the connection belongs to from now on, if any."""
        try:
            if device is not None and not name.startswith("host"):
                await self._opened(wire, name, device)
                return None
            serial, word, rest = _parsed(name)
            if word in {"transport", "transport-any", "transport-local", "tport"}:
                return await self._switched(wire, word, rest)
            await self._told(wire, serial, word, rest)
        except NotServed as refusal:
            await wire.send(b"FAIL" + _block(str(refusal)))
        return None

    async def _switched(self, wire: Wire, word: str, rest: str) -> Attached:
        serial = rest.removeprefix("serial:") if word == "tport" else rest
        found = find(self._installs, "" if serial in {"any", "local"} else serial)
        number = struct.pack("<Q", found.index + 1) if word == "tport" else b""
        await wire.send(b"OKAY" + number)
        return found

    async def _opened(self, wire: Wire, name: str, device: Attached) -> None:
        service = services.find(device, name)
        if service is None:
            raise NotServed("closed")
        await wire.send(b"OKAY")
        await service(wire)

    async def _told(self, wire: Wire, serial: str, word: str, rest: str) -> None:
        if word == "kill":
            self.kill()
            await wire.send(b"OKAY")
        elif word == "track-devices":
            await self._tracked(wire)
        elif word.startswith("wait-for-"):
            await self._awaited(wire, serial)
        elif word in {"get-state", "get-serialno"}:
            found = find(self._installs, serial)
            await wire.send(b"OKAY" + _block("device" if word == "get-state" else found.names[0]))
        elif word in self._queries:
            await wire.send(b"OKAY" + _block(await self._queries[word](rest)))
        else:
            raise NotServed(f"unknown host service '{word}'")

    async def _version(self, _: str) -> str:
        return VERSION

    async def _features(self, _: str) -> str:
        return services.FEATURES

    async def _devices(self, _: str) -> str:
        return "".join(f"{serial}\t{each.state}\n" for serial, each in self._rows())

    async def _devices_long(self, _: str) -> str:
        return "".join(
            f"{serial:<22} {each.state} product:ldplayer model:LDPlayer device:aosp "
            f"transport_id:{each.index + 1}\n"
            for serial, each in self._rows()
        )

    def _rows(self) -> list[tuple[str, Attached]]:
        listed = list(attached(self._installs))
        again = [each for each in listed if address_of(each.instance) in self._addresses]
        return [(each.names[0], each) for each in listed] + [
            (each.names[1], each) for each in again
        ]

    async def _connect(self, address: str) -> str:
        answer = connect(self._installs, address)
        if answer.startswith("connected"):
            if address in self._addresses:
                return f"already connected to {address}"
            self._addresses.add(address)
        return answer.rstrip("\n")

    async def _disconnect(self, address: str) -> str:
        if address and address not in self._addresses:
            raise NotServed(f"no such device '{address}'")
        self._addresses = self._addresses - {address} if address else set()
        return f"disconnected {address or 'everything'}"

    async def _tracked(self, wire: Wire) -> None:
        await wire.send(b"OKAY")
        before: str | None = None
        while True:
            self._host.settle()
            now = await self._devices("")
            if now != before:
                before = now
                await wire.send(_block(now))
            await asyncio.sleep(LOOKED_EVERY)

    async def _awaited(self, wire: Wire, serial: str) -> None:
        await wire.send(b"OKAY")
        while True:
            self._host.settle()
            try:
                find(self._installs, serial)
            except NotServed:
                await asyncio.sleep(LOOKED_EVERY)
            else:
                await wire.send(b"OKAY")
                return

    def _note(self, effect: str) -> None:
        self._host.journal.write(
            at=self._host.clock.now(),
            workstation=self._host.name,
            kind="adb",
            session=0,
            user="",
            pid=0,
            argv=["adb"],
            effect=effect,
        )


def _parsed(name: str) -> tuple[str, str, str]:
    """Serial, word and rest of `host:WORD:REST` or `host-serial:SERIAL:WORD:REST`."""
    kind, _, rest = name.partition(":")
    serial = ""
    if kind == "host-serial":
        # A serial may be an address with a port, or an emulator's name.
        pieces = rest.split(":")
        cut = 2 if len(pieces) > 2 and pieces[1].isdigit() else 1  # noqa: PLR2004 - host, port, word
        serial, rest = ":".join(pieces[:cut]), ":".join(pieces[cut:])
    word, _, rest = rest.partition(":")
    return serial, word, rest


def _block(text: str) -> bytes:
    content = text.encode()
    return f"{len(content):04x}".encode() + content
