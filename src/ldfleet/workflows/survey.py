"""The rungs of a connection test that ask for more than a login: LDPlayer, desktop, disk."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from ldfleet import errors
from ldfleet.domain.facts import Disk, SystemFacts
from ldfleet.domain.workstation import Stage, StageName, Workstation
from ldfleet.ports import Clock, Transport
from ldfleet.telemetry import logger
from ldfleet.workflows.installs import Search

log = logger("ldfleet.survey")
LOW_DISK = 10 * 2**30  # bytes
FULL_DISK = 2 * 2**30
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
            return f"{session.user or 'somebody'} in session {session.session_id}"

        async def disk() -> str:
            disks = (await facts()).disks
            used = [one for one in disks if one.letter[:1].upper() in drives]
            return _room(workstation, used or disks)

        return [
            await self._stage(StageName.LDPLAYER, ldplayer),
            await self._stage(StageName.DESKTOP, desktop),
            await self._stage(StageName.DISK, disk),
        ]

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
