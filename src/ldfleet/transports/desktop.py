"""Programs on the logged-on user's desktop: our end of the job-file protocol (scripts.md).

A login over the network lives in session 0, which has no desktop (winrm.md 5.3). So a job file
is written and a scheduled task of the logged-on user runs it. The key makes asking repeatable.
"""

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.ports import Clock
from ldfleet.shield import is_for_good, unbroken
from ldfleet.transports.files import RemoteFiles
from ldfleet.transports.powershell import ASKING_S, PowerShell, Script

JOBS = "C:\\ProgramData\\LDFleet\\jobs"
WAIT_S = 15.0
"""One question waits so long for a result; then it is asked again."""
GRACE_S = 30.0
"""Beyond the job's own deadline: the task has to start, the result has to be written."""
RECONNECT_S = 2.0
TAKING_BACK_S = 15.0
ENDING_S = 20.0
LOOK_EVERY = 0.5


class Desktop:
    """Runs jobs on the desktop of one workstation."""

    def __init__(
        self, powershell: PowerShell, files: RemoteFiles, *, workstation: str, clock: Clock
    ) -> None:
        self._powershell = powershell
        self._files = files
        self._workstation = workstation
        self._clock = clock

    async def run(self, argv: Sequence[str], *, deadline: float, key: str) -> ProcessResult:
        """Run it, or fetch what the same key's job has given.

        Cancelled for good it is ended there before this comes back; else it is taken back only
        while no runner has it, as the next who asks for this key wants its result.
        """
        request = {"key": key, "argv": list(argv), "deadline_s": deadline}
        try:
            answer = await self._answer(request, self._clock.monotonic() + deadline + GRACE_S)
        except asyncio.CancelledError as stop:
            await unbroken(self._end(key) if is_for_good(stop) else self._take_back(key))
            raise
        if answer is None:
            await self._give_up(argv[0], deadline, key)
        return await self._result(answer or {}, argv[0], deadline)

    async def _answer(
        self, request: Mapping[str, object], until: float
    ) -> Mapping[str, Any] | None:
        delivered = False
        while (left := until - self._clock.monotonic()) > 0:
            wait = min(WAIT_S, left)
            try:
                answer = await self._powershell.ask(
                    Script.DESKTOP, {**request, "wait_s": wait}, deadline=wait + ASKING_S
                )
            except (errors.OutcomeUnknown, errors.WorkstationUnreachable) as lost:
                if not delivered and isinstance(lost, errors.WorkstationUnreachable):
                    raise  # nothing has been asked yet
                delivered = True
                await self._clock.sleep(RECONNECT_S)
                continue
            if answer.get("state") != "pending":
                return answer
            delivered = True
        return None

    async def _result(
        self, answer: Mapping[str, Any], program: str, deadline: float
    ) -> ProcessResult:
        state = str(answer.get("state"))
        if state == "failed":
            raise await self._not_started(program, str(answer.get("error")))
        if state in _REFUSALS:
            raise _REFUSALS[state](self._workstation)
        if state == "cancelled":
            raise errors.CommandFailed(
                workstation=self._workstation,
                program=program,
                exit_code=-1,
                output="it was cancelled",
            )
        if state == "timed_out":
            raise self._late(program, deadline)
        if state != "finished":
            raise self._powershell.nonsense(f"the state {state!r}")
        return ProcessResult(
            exit_code=answer["exit_code"],
            stdout=base64.b64decode(answer["stdout"]),
            stderr=base64.b64decode(answer["stderr"]),
        )

    async def _not_started(self, program: str, words: str) -> errors.FleetError:
        if not await self._files.existing([program]):
            return errors.ProgramNotFound(workstation=self._workstation, program=program)
        return errors.CommandFailed(
            workstation=self._workstation, program=program, exit_code=-1, output=words
        )

    async def _give_up(self, program: str, deadline: float, key: str) -> None:
        if await self._take_back(key):
            raise self._late(program, deadline)
        raise errors.OutcomeUnknown(
            workstation=self._workstation,
            program=program,
            reason=f"its desktop job gave no result within {deadline + GRACE_S:g} s",
        )

    def _late(self, program: str, deadline: float) -> errors.CommandTimedOut:
        return errors.CommandTimedOut(
            workstation=self._workstation, program=program, seconds=deadline
        )

    async def _end(self, key: str) -> None:
        """Have the runner end a job that it has claimed, and see that it did."""
        if await self._take_back(key):
            return
        claimed, result = f"{JOBS}\\{key}.claimed.json", f"{JOBS}\\{key}.result.json"
        try:
            async with asyncio.timeout(ENDING_S):
                if claimed not in await self._files.existing([claimed]):
                    return
                await self._files.write(f"{JOBS}\\{key}.cancel", b"")
                while result not in await self._files.existing([result]):
                    await self._clock.sleep(LOOK_EVERY)
        except (errors.FleetError, TimeoutError):
            return  # a runner of version 1 has no ear for it: the job's deadline ends it

    async def _take_back(self, key: str) -> bool:
        """Whether the job waited still, so that now it never runs."""
        try:
            async with asyncio.timeout(TAKING_BACK_S):
                return bool(await self._files.remove([f"{JOBS}\\{key}.json"]))
        except (errors.FleetError, TimeoutError):
            return False


_REFUSALS: Mapping[str, Callable[[str], errors.FleetError]] = {
    "no_session": lambda workstation: errors.NoDesktopSession(workstation=workstation),
    "no_task": lambda workstation: errors.DesktopTaskMissing(workstation=workstation),
}
