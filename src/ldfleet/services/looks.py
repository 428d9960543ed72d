"""An emulator's screen and apps, now. Its workstation is asked at once, nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from ldfleet.domain.actor import Actor
from ldfleet.domain.app import InstalledApp
from ldfleet.domain.audit import done
from ldfleet.domain.gesture import Gesture
from ldfleet.domain.picture import PictureFormat
from ldfleet.ldplayer.android import APPS, SCREENSHOT, Question, doing
from ldfleet.ports import Clock, Devices, Storage
from ldfleet.services import scoping
from ldfleet.services.pictures import encoded

T = TypeVar("T")
HELD = timedelta(minutes=10)
"""Input after a longer pause is written down anew; each touch would fill the audit log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What was installed on an emulator at a time."""

    taken_at: datetime
    apps: Sequence[InstalledApp]


class Looks:
    """Beside the connection test the one use case that waits for a workstation.

    `reader` only reads.
    """

    def __init__(
        self, *, storage: Storage, reader: Storage, devices: Devices, clock: Clock
    ) -> None:
        self._storage = storage
        self._reader = reader
        self._held: dict[tuple[str, str], datetime] = {}
        self._devices = devices
        self._clock = clock

    async def screen(
        self,
        actor: Actor,
        emulator_id: str,
        *,
        format_: PictureFormat = PictureFormat.PNG,
        width: int | None = None,
    ) -> bytes:
        """Its screen; as PNG and in its own size byte for byte what Android gave."""
        picture = await self._asked(actor, emulator_id, "a screenshot", SCREENSHOT)
        if format_ is PictureFormat.PNG and width is None:
            return picture
        return await encoded(picture, format_, width, emulator=emulator_id)

    async def apps(self, actor: Actor, emulator_id: str, *, system: bool = False) -> Inventory:
        """What is installed on it, by package; with `system` what came with Android too."""
        apps = await self._asked(actor, emulator_id, "a list of its apps", APPS)
        shown = [app for app in apps if system or not app.system]
        return Inventory(taken_at=self._clock.now(), apps=shown)

    async def do(self, actor: Actor, emulator_id: str, gesture: Gesture) -> None:
        """Do it on its screen, once; who began to is written down.

        Raises EmulatorAdbSilent where it is not known whether it was done.
        """
        await self._asked(actor, emulator_id, "input", doing(gesture))
        now = self._clock.now()
        held = (actor.name, emulator_id)
        last = self._held.get(held)
        self._held[held] = now
        if last is None or now - last > HELD:
            self._held = {who: at for who, at in self._held.items() if now - at <= HELD}
            async with self._storage() as work:
                emulator = await work.emulators.get(emulator_id)
                work.audit.record(
                    done(
                        actor,
                        "emulator.input",
                        at=now,
                        subject=emulator_id,
                        subject_name=emulator.name,
                    )
                )

    async def _asked(self, actor: Actor, emulator_id: str, wish: str, question: Question[T]) -> T:
        async with self._reader() as work:
            emulator = await scoping.emulator_of(work, actor, emulator_id)
            emulator.check_answers(wish)
            workstation = await work.workstations.get(emulator.workstation_id)
            credentials = await work.secrets.get(workstation.id)
        return await self._devices.ask(workstation, credentials, emulator, question)
