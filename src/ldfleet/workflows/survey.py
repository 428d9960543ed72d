"""The rungs of a connection test that ask for more than a login: LDPlayer, desktop, disk."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from ldfleet import errors
from ldfleet.domain.facts import Disk, SystemFacts
from ldfleet.domain.workstation import Stage, StageName, Workstation
from ldfleet.ports import Clock, Transport
from ldfleet.telemetry import logger
from ldfleet.workflows.installs import Search
from ldfleet.workflows.reading import reading

log = logger("ldfleet.survey")
LOW_DISK = 10 * 2**30  # bytes
FULL_DISK = 2 * 2**30
RUNNER = r"C:\ProgramData\LDFleet\run.ps1"
RUNNER_VERSION = 2
"""Of the one that is shipped (scripts.md)."""
TASK_QUERY = ("schtasks.exe", "/Query", "/TN", r"\LDFleet\Desktop")
QUERY_DEADLINE = 20.0
_VERSION = re.compile(rb"# ldfleet:run v([0-9]{1,6})\r?\n")
Rung = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LDPlayerSurvey:
    """`ports.Survey`. Each rung is asked for, whatever became of the one before."""

    clock: Clock

    async def __call__(self, workstation: Workstation, transport: Transport) -> Sequence[Stage]:
        asked: list[SystemFacts] = []
        drives: set[str] = set()

        async def facts() -> SystemFacts:
            if not asked:
                asked.append(await transport.query())
            return asked[0]

        async def ldplayer() -> str:
            health = replace(workstation.health, facts=await facts())
            search = Search(
                workstation=workstation.seen(health),
                transport=transport,
                clock=self.clock,
                note=_note,
            )
            found = await search(registry=True)
            drives.update(one.data_path[:1].upper() for one in found)
            return "; ".join(f"{one.path} ({one.version or 'version unknown'})" for one in found)

        async def desktop() -> str:
            session = (await facts()).desktop
            if session is None:
                raise errors.NoDesktopSession(workstation=workstation.name)
            runner = await self._runner(workstation, transport)
            return f"{session.user or 'somebody'} in session {session.session_id}; {runner}"

        async def disk() -> str:
            disks = (await facts()).disks
            used = [one for one in disks if one.letter[:1].upper() in drives]
            return _room(workstation, used or disks)

        return [
            await self._stage(StageName.LDPLAYER, ldplayer),
            await self._stage(StageName.DESKTOP, desktop),
            await self._stage(StageName.DISK, disk),
        ]

    async def _runner(self, workstation: Workstation, transport: Transport) -> str:
        """What brings programs onto the desktop: the task, and the script that it runs."""

        async def look() -> bytes | None:
            asked = await transport.run(TASK_QUERY, deadline=QUERY_DEADLINE)
            return None if asked.exit_code else (await transport.read_files([RUNNER]))[RUNNER]

        script = await reading(look, self.clock)
        if script is None:
            raise errors.DesktopTaskMissing(workstation=workstation.name)
        found = _VERSION.match(script)
        if found is None:
            return "run.ps1 is none of ldfleet's"
        version = int(found[1])
        old = f"; v{RUNNER_VERSION} is shipped, prepare the PC again"
        return f"run.ps1 v{version}" + (old if version < RUNNER_VERSION else "")

    async def _stage(self, name: StageName, rung: Rung) -> Stage:
        started = self.clock.monotonic()
        try:
            detail = await rung()
        except errors.FleetError as error:
            return Stage(
                name=name,
                ok=False,
                seconds=self.clock.monotonic() - started,
                detail=str(error),
                code=error.code,
                hint=error.hint,
            )
        return Stage(name=name, ok=True, seconds=self.clock.monotonic() - started, detail=detail)


def _room(workstation: Workstation, disks: Sequence[Disk]) -> str:
    """The free room of the drives with emulators, of all where none is known."""
    if any(disk.free < FULL_DISK for disk in disks):
        raise errors.DiskFull(workstation=workstation.name)
    words = [f"{disk.letter} {disk.free / 2**30:.1f} GiB free" for disk in disks]
    low = [disk.letter for disk in disks if disk.free < LOW_DISK]
    return ", ".join(words) + (f"; low on {', '.join(low)}" if low else "")


async def _note(event: str, **fields: object) -> None:
    log.debug(event, **fields)
