"""How a program on a workstation ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessResult:
    """Raw bytes and the exit code, which is never proof of an effect (ldconsole.md 1)."""

    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""
