"""The shipped PowerShell scripts and how one is asked (docs/reference/scripts.md)."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum, auto
from functools import cache
from importlib import resources
from typing import Any, cast

from ldfleet import errors
from ldfleet.domain.process import ProcessResult

PROGRAM = "powershell.exe"
STARTED = (PROGRAM, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass")
ASKING_S = 60.0
"""For one script: starting powershell.exe takes seconds on a busy PC."""

RunScript = Callable[[Sequence[str], bytes, float], Awaitable[ProcessResult]]
"""Runs words that need no quoting, with standard input, within seconds."""


class Script(StrEnum):
    """The scripts that are asked over a connection; `run` is started by its scheduled task."""

    FILES = auto()
    DESKTOP = auto()


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

    def __init__(self, run: RunScript, *, workstation: str) -> None:
        self._run = run
        self._workstation = workstation

    async def ask(
        self, script: Script, request: Mapping[str, object], *, deadline: float = ASKING_S
    ) -> Mapping[str, Any]:
        """The script's answer.

        Raises:
            CommandFailed: it ended with a sentence instead; `output` is that sentence.
        """
        line = base64.b64encode(json.dumps(request).encode()) + b"\r\n"
        try:
            result = await self._run(command_line(script), line, deadline)
        except errors.OutcomeUnknown:
            result = await self._run(command_line(script), line, deadline)
        if result.exit_code != 0:
            raise errors.CommandFailed(
                workstation=self._workstation,
                program=f"{PROGRAM} ({script})",
                exit_code=result.exit_code,
                output=result.stderr.decode(errors="replace").strip(),
            )
        return self._answer(result.stdout)

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
