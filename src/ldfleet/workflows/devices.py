"""Asking a running Android beside all operations: its screen, its apps."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar
from weakref import WeakValueDictionary

from ldfleet import errors
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.workstation import Credentials, Workstation
from ldfleet.ldplayer.adb import SERVER_PORT, AdbRefused, address_of, serial_of
from ldfleet.ldplayer.android import IDENTITY, Question, is_meant
from ldfleet.ldplayer.layout import adb_of
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.ports import Clock, Connector, Transport
from ldfleet.telemetry import Measure, measured
from ldfleet.workflows.adb import Adb, AdbProgram, AdbServer

T = TypeVar("T")
LIMIT = 40.0  # seconds, waiting for others included
AT_ONCE = 2
"""Questions to one workstation; its operations need its shells too."""
COOL_DOWN = 15.0  # seconds between two reconnections of one emulator


class AskedDevices:
    """Fulfils `ports.Devices`."""

    def __init__(
        self,
        *,
        connector: Connector,
        clock: Clock,
        limit: float = LIMIT,
        adb_port: int = SERVER_PORT,
    ) -> None:
        self._connector = connector
        self._clock = clock
        self._limit = limit
        self._adb_port = adb_port
        self._slots: WeakValueDictionary[WorkstationId, asyncio.Semaphore] = WeakValueDictionary()
        self._reconnected: dict[EmulatorId, float] = {}

    async def ask(
        self,
        workstation: Workstation,
        credentials: Credentials,
        emulator: Emulator,
        question: Question[T],
    ) -> T:
        """See `ports.Devices`."""
        started = self._clock.monotonic()
        failed = ""
        try:
            with self._translated(emulator):
                return await self._answer(workstation, credentials, emulator, question)
        except errors.FleetError as error:
            failed = error.kind
            raise
        finally:
            measured(Measure.LOOK, self._clock.monotonic() - started, question.name, failed)

    async def _answer(
        self,
        workstation: Workstation,
        credentials: Credentials,
        emulator: Emulator,
        question: Question[T],
    ) -> T:
        slots = self._slots.setdefault(workstation.id, asyncio.Semaphore(AT_ONCE))
        async with (
            asyncio.timeout(self._limit),
            slots,
            self._connector.connect(workstation, credentials) as transport,
        ):
            program = adb_on(workstation, emulator, transport)
            server = AdbServer(transport=transport, program=program, port=self._adb_port)
            try:
                return await self._asked(server, emulator, question)
            except errors.PortForwardUnsupported:
                return await self._asked(program, emulator, question)

    @contextmanager
    def _translated(self, emulator: Emulator) -> Generator[None]:
        try:
            yield
        except (TimeoutError, errors.CommandTimedOut) as error:
            raise errors.EmulatorAdbSilent(emulator=emulator.id, seconds=self._limit) from error
        except AdbRefused as refusal:
            raise errors.EmulatorAdbRefused(
                emulator=emulator.id, reason=refusal.reason.rstrip(".")
            ) from refusal
        except NotUnderstood as error:
            raise errors.EmulatorSaidNonsense(emulator=emulator.id, reason=error.reason) from error

    async def _asked(self, adb: Adb, emulator: Emulator, question: Question[T]) -> T:
        serial = await self._serial(adb, emulator)
        return question.read(await adb.ask(serial, question))

    async def _serial(self, adb: Adb, emulator: Emulator) -> str:
        """The one under which it answers, and no other device does (ldconsole.md 8)."""
        try:
            return await _answering(adb, emulator)
        except AdbRefused as refusal:
            if "unauthorized" in refusal.reason or not self._may_reconnect(emulator):
                raise
        await adb.reconnect(address_of(emulator.index))
        return await _answering(adb, emulator)

    def _may_reconnect(self, emulator: Emulator) -> bool:
        now = self._clock.monotonic()
        for known, at in list(self._reconnected.items()):
            if now - at >= COOL_DOWN:
                del self._reconnected[known]
        if emulator.id in self._reconnected:
            return False
        self._reconnected[emulator.id] = now
        return True


def adb_on(workstation: Workstation, emulator: Emulator, transport: Transport) -> AdbProgram:
    """One adb.exe for all its emulators: adbs of different versions end each other's servers."""
    installs = workstation.health.installs
    newest = max(installs, key=lambda install: (install.generation, install.path), default=None)
    path = emulator.install if newest is None else newest.path
    return AdbProgram(transport=transport, path=adb_of(path))


async def _answering(adb: Adb, emulator: Emulator) -> str:
    """Its two serials flip between online and offline, each by itself.

    Raises:
        AdbRefused: neither is served.
        EmulatorMistaken: only another device is.
    """
    refusal, mistaken = AdbRefused("it is not listed"), ""
    for serial in (serial_of(emulator.index), address_of(emulator.index)):
        try:
            told = IDENTITY.read(await adb.ask(serial, IDENTITY))
        except AdbRefused as refused:
            refusal = refusal if mistaken or "not found" in refused.reason else refused
            continue
        if is_meant(emulator.marker, told):
            return serial
        mistaken = mistaken or serial
    if mistaken:
        raise errors.EmulatorMistaken(emulator=emulator.id, serial=mistaken)
    raise refusal
