"""The ADB of a workstation, through the programs that are there."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer.adb import read_answer, read_devices
from ldfleet.ldplayer.android import Question
from ldfleet.ldplayer.text import NotUnderstood, one_newline
from ldfleet.ports import Transport

QUICKLY = 10.0  # seconds
ANSWER = 25.0


class Adb(Protocol):
    """The one ADB server of a workstation, whoever started it. Nobody here ever ends it."""

    async def ask(self, serial: str, question: Question[Any]) -> bytes:
        """What a device's shell prints. Raises AdbRefused where the device is not served."""
        ...

    async def devices(self) -> Mapping[str, str]:
        """State by serial."""
        ...

    async def reconnect(self, address: str) -> None:
        """Have its server connect anew; an offline device comes back by it at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdbProgram:
    """`Adb` over any transport: each request is a run of adb.exe."""

    transport: Transport
    path: str

    async def ask(self, serial: str, question: Question[Any]) -> bytes:
        """See `Adb`. A picture comes as text, which no line end on the way can harm."""
        line = f"{question.line} | base64" if question.binary else question.line
        room = question.largest * 3 // 2 if question.binary else question.largest
        result = await self._run("-s", serial, "exec-out", line, deadline=ANSWER, room=room)
        raw = read_answer(result)
        return _decoded(raw) if question.binary else one_newline(raw)

    async def devices(self) -> Mapping[str, str]:
        """See `Adb`."""
        return read_devices((await self._run("devices")).stdout)

    async def reconnect(self, address: str) -> None:
        """See `Adb`. Neither exit code tells anything (ldconsole.md 8)."""
        await self._run("disconnect", address)
        await self._run("connect", address)

    async def _run(
        self, *words: str, deadline: float = QUICKLY, room: int = 1 << 20
    ) -> ProcessResult:
        return await self.transport.run((self.path, *words), deadline=deadline, output_bytes=room)


def _decoded(raw: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error as error:
        raise NotUnderstood(f"it gave no base64, but {raw[:60]!r}") from error
