"""The shipped PowerShell scripts and how one is asked (docs/reference/scripts.md)."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum, auto
from functools import cache
from importlib import resources
from typing import Any, cast

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.transports.order import Carry, Order

PROGRAM = "powershell.exe"
STARTED = (PROGRAM, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass")
ASKING_S = 60.0
"""For one script: starting powershell.exe takes seconds on a busy PC."""

_NO_ROOM = ("0x80070070", "0x80070027", "not enough space on the disk")
"""Windows words it in its own language; our script adds the number."""
AGAIN_AFTER = (0.5, 2.0, 5.0)
"""Seconds before a script whose answer was lost is asked again."""

_OUTPUT_BYTES = 64 << 20


class Script(StrEnum):
    """The scripts that are asked over a connection; `run` is started by its scheduled task."""

    FILES = auto()
    CHECKSUM = auto()
    DESKTOP = auto()
    WMI = auto()
    END = auto()


def text_of(name: str) -> str:
    """The script as it is shipped."""
    return resources.files("ldfleet.transports").joinpath("scripts", f"{name}.ps1").read_text()


@cache
def command_line(script: Script) -> tuple[str, ...]:
    """What starts the script; free of characters that mean anything to cmd.exe."""
    encoded = base64.b64encode(text_of(script).encode("utf-16-le")).decode()
    return (*STARTED, "-EncodedCommand", encoded)


class PowerShell:
    """Asks the scripts of one workstation. Their promises make every request safe to repeat."""

    def __init__(
        self, carry: Carry, *, workstation: str, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._carry = carry
        self._workstation = workstation
        self._sleep = sleep

    async def ask(
        self, script: Script, request: Mapping[str, object], *, deadline: float = ASKING_S
    ) -> Mapping[str, Any]:
        """The script's answer.

        Raises:
            DiskFull: there is no room for what it writes.
            CommandFailed: it ended with a sentence instead; `output` is that sentence.
        """
        line = base64.b64encode(json.dumps(request).encode()) + b"\r\n"
        result = await self._insist(script, line, deadline)
        if result.exit_code != 0:
            words = result.stderr.decode(errors="replace").strip()
            if any(sign in words for sign in _NO_ROOM):
                raise errors.DiskFull(workstation=self._workstation)
            raise errors.CommandFailed(
                workstation=self._workstation,
                program=f"{PROGRAM} ({script})",
                exit_code=result.exit_code,
                output=words.rstrip("."),
            )
        return self._answer(result.stdout)

    async def _insist(self, script: Script, line: bytes, deadline: float) -> ProcessResult:
        words = command_line(script)
        order = Order(
            argv=words,
            words=words,
            skip_cmd_shell=False,  # powershell.exe is found by the search path
            deadline=deadline,
            stdin=line,
            output_bytes=_OUTPUT_BYTES,
        )
        for pause in AGAIN_AFTER:
            try:
                return await self._carry(order)
            except errors.OutcomeUnknown:
                await self._sleep(pause)
        return await self._carry(order)

    def _answer(self, line: bytes) -> Mapping[str, Any]:
        try:
            answer: object = json.loads(base64.b64decode(line.strip(), validate=True))
        except (binascii.Error, ValueError) as error:
            raise self.nonsense(f"{error} in {line[:80]!r}") from error
        if not isinstance(answer, dict):
            raise self.nonsense(f"no JSON object in {line[:80]!r}")
        return cast("Mapping[str, Any]", answer)

    def nonsense(self, reason: str) -> errors.WorkstationSaidNonsense:
        """An answer that does not keep the script's contract."""
        return errors.WorkstationSaidNonsense(
            workstation=self._workstation, reason=f"a script answered {reason}"
        )
