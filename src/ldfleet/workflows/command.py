"""A raw command on a workstation, for administrators; what it does is theirs to know."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.verb import DEADLINE
from ldfleet.ldplayer.text import decode
from ldfleet.telemetry import redact
from ldfleet.workflows.errand import Errand

KEPT = 64 << 10  # characters of each stream


async def command(errand: Errand) -> Mapping[str, Any]:
    """Run it once, and answer its output; its exit code is a result. It is never given twice.

    It runs in the login of ldfleet, without a desktop.

    Raises:
        OperationLost: it may have run, and nobody heard what it said.
        ProgramNotFound, CommandTimedOut: and what else the transport raises.
    """
    params = errand.operation.params
    async with errand.journal.step("command") as notes:
        if notes.before is None:
            if notes.started_before:
                raise _unheard(errand, "it may have run before this server did")
            await errand.journal.progress(None, "running the command")
            await errand.journal.log("command", argv=list(params["argv"]))
            try:
                said = await errand.transport.run(
                    params["argv"], deadline=float(params.get("deadline_s") or DEADLINE)
                )
            except errors.OutcomeUnknown as error:
                raise _unheard(errand, str(error)) from error
            notes.result = _told(said)
        return notes.result


def _unheard(errand: Errand, reason: str) -> errors.OperationLost:
    return errors.OperationLost(operation=errand.operation.id, reason=reason)


def _told(said: ProcessResult) -> Mapping[str, Any]:
    """What it printed, without what looks like a secret: everybody who sees operations sees it."""
    out, err = (str(redact(decode(raw, ansi="cp1252"))) for raw in (said.stdout, said.stderr))
    return {
        "exit_code": said.exit_code,
        "output": out[:KEPT],
        "error": err[:KEPT],
        "cut": max(len(out), len(err)) > KEPT,
    }
