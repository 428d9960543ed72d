"""The wall: all screens of a workstation, renewed only while somebody looks at them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.wall import Tile, Wall
from ldfleet.domain.workstation import Credentials, Workstation
from ldfleet.ldplayer.android import SCREENSHOT
from ldfleet.ports import Clock, Devices, Storage, UnitOfWork
from ldfleet.services import pictures
from ldfleet.services.scoping import holds
from ldfleet.telemetry import logger

log = logger("ldfleet.walls")

AT_ONCE = 6
"""Screens that are asked for in the whole farm: a PNG of one is over a megabyte."""
PATIENCE = 2.0  # seconds; then what is known is shown, and the rest follows
KEPT = 1_500
"""Tiles in memory, 62 kB each; those nobody has looked at for longest go first."""


@dataclass(kw_only=True)
class _Look:
    """What is known of a workstation's screens, and who sees to it that it is not old."""

    tiles: dict[EmulatorId, Tile] = field(default_factory=dict[EmulatorId, Tile])
    tried: dict[EmulatorId, float] = field(default_factory=dict[EmulatorId, float])
    renewing: asyncio.Task[None] | None = None

    def tile(self, emulator_id: EmulatorId) -> Tile:
        return self.tiles.get(emulator_id, Tile())

    def fail(self, emulator_id: EmulatorId, error: errors.FleetError) -> None:
        self.tiles[emulator_id] = replace(self.tile(emulator_id), failure=error.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    workstation: Workstation
    credentials: Credentials
    emulators: Sequence[Emulator]


class Walls:
    """Renews a workstation's tiles one after the other: its shells are there for others too."""

    def __init__(self, *, storage: Storage, devices: Devices, clock: Clock) -> None:
        self._storage = storage
        self._devices = devices
        self._clock = clock
        self._looks: dict[WorkstationId, _Look] = {}
        self._budget = asyncio.Semaphore(AT_ONCE)
        self._group: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Screens are renewed while the body runs."""
        async with asyncio.TaskGroup() as self._group:
            try:
                yield
            finally:
                for look in self._looks.values():
                    if look.renewing is not None:
                        look.renewing.cancel()

    async def look(self, actor: Actor, workstation_id: str, *, max_age: float) -> Wall:
        """Its screens, none that can be seen older than `max_age` seconds soon.

        What is older is asked for now. After PATIENCE seconds what is known by then is shown.
        """
        async with self._storage() as work:
            workstation, emulators = await _visible(work, actor, workstation_id)
            credentials = await work.secrets.get(workstation.id)
        look = self._kept(workstation.id)
        scene = _Scene(workstation=workstation, credentials=credentials, emulators=emulators)
        self._renew(scene, look, max_age)
        if look.renewing is not None:
            await asyncio.wait([look.renewing], timeout=PATIENCE)
        return _wall(look, emulators)

    async def picture(self, actor: Actor, workstation_id: str) -> tuple[Wall, bytes]:
        """What `look` has seen, as one WebP; nobody is asked for it."""
        async with self._storage() as work:
            workstation, emulators = await _visible(work, actor, workstation_id)
        wall = _wall(self._kept(workstation.id), emulators)
        return wall, await pictures.mosaic([tile.pixels for _, tile in wall.tiles], wall.columns)

    def _kept(self, workstation_id: WorkstationId) -> _Look:
        look = self._looks.pop(workstation_id, None) or _Look()
        self._looks[workstation_id] = look  # the last one is the one looked at last
        idle = [each for each, known in self._looks.items() if known.renewing is None]
        spare = sum(len(known.tiles) for known in self._looks.values()) - KEPT
        for each in idle:
            if spare <= 0 or each == workstation_id:
                break
            spare -= len(self._looks.pop(each).tiles)
        return look

    def _renew(self, scene: _Scene, look: _Look, max_age: float) -> None:
        if self._group is None or look.renewing is not None:
            return
        now, due = self._clock.monotonic(), list[Emulator]()
        for emulator in scene.emulators:
            tried = look.tried.get(emulator.id)
            if _answers(emulator) and (tried is None or now - tried >= max_age):
                due.append(emulator)
        if due:
            # One that hangs holds up the others only once.
            due.sort(key=lambda each: look.tile(each.id).failure is not None)
            look.renewing = self._group.create_task(self._take(scene, look, due))

    async def _take(self, scene: _Scene, look: _Look, due: Sequence[Emulator]) -> None:
        now = self._clock.monotonic()
        look.tried |= {emulator.id: now for emulator in due}
        try:
            for emulator in due:
                async with self._budget:
                    await self._see(scene, look, emulator)
        except errors.WorkstationError as error:
            for emulator in due:  # none of them can be asked
                look.fail(emulator.id, error)
        except Exception:
            log.exception("wall.broke", workstation=scene.workstation.id)
        finally:
            look.renewing = None

    async def _see(self, scene: _Scene, look: _Look, emulator: Emulator) -> None:
        try:
            png = await self._devices.ask(
                scene.workstation, scene.credentials, emulator, SCREENSHOT
            )
            pixels = await pictures.tile_of(png, emulator=emulator.id)
        except errors.WorkstationError:
            raise
        except errors.FleetError as error:
            look.fail(emulator.id, error)
        else:
            seen = look.tile(emulator.id).renewed(pixels, self._clock.now())
            look.tiles[emulator.id] = seen


async def _visible(
    work: UnitOfWork, actor: Actor, workstation_id: str
) -> tuple[Workstation, Sequence[Emulator]]:
    """The emulators that the actor sees; who sees one knows of its workstation."""
    workstation = await work.workstations.get(workstation_id)
    emulators = await work.emulators.of_workstation(workstation.id)
    seen = [each for each in emulators if holds(actor.scope, workstation, each)]
    if not seen and not holds(actor.scope, workstation):
        raise errors.WorkstationNotFound(workstation=workstation_id)
    return workstation, seen


def _answers(emulator: Emulator) -> bool:
    try:
        emulator.check_answers("a screenshot")
    except errors.FleetError:
        return False
    return True


def _wall(look: _Look, emulators: Sequence[Emulator]) -> Wall:
    shown = [(each.id, look.tile(each.id) if _answers(each) else Tile()) for each in emulators]
    return Wall(tiles=shown, renewing=look.renewing is not None)
