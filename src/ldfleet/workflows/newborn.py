"""Instances that come to be: told by what list2 shows that it did not show before.

The exit code of add and copy is no proof (ldconsole.md 1.1), and neither has a message for its
failures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ldfleet import errors
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.facts import Install
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.layout import config_file, disk_files, instance_folder
from ldfleet.ldplayer.outputs import Row
from ldfleet.ldplayer.text import NoSuchPlayer
from ldfleet.workflows.configs import read_configs
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.hardware import Hardware
from ldfleet.workflows.join import Seen, Sweep, has_name, join
from ldfleet.workflows.observe import Glimpse
from ldfleet.workflows.once import give_once

NEEDED = 3 << 30  # bytes of an instance (ldconsole.md 7)
LOOK_EVERY = 2.0
QUIET_LIMIT = 30.0
"""Seconds in which list2 shows what was added: it may lag 20 s (ldconsole.md 5)."""
UNHEARD_LIMIT = commands.CREATE
"""Where its answer was not heard: the command may still be at work."""
DISCARD_LIMIT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nursery:
    """One install, in which one instance is to come to be."""

    errand: Errand
    install: Install
    failed: Callable[[str], errors.FleetError]
    """The failure of the verb, with its reason."""

    async def rows(self) -> tuple[Row, ...]:
        """All instances of the install."""
        console = self.errand.console(self.install)
        return await self.errand.through(lambda: console(commands.list2()), begun=True)

    async def indexes(self) -> frozenset[int]:
        """Those there were before anything was done, remembered from the first run."""
        async with self.errand.journal.step("look before") as notes:
            if notes.before is None or not self.errand.again:
                notes.result = {"indexes": [row.index for row in await self.rows()]}
            return frozenset(notes.result["indexes"])

    async def look_for_room(self, needed: int) -> None:
        """Raises NotEnoughDisk; a drive that Windows does not name is not judged."""
        async with self.errand.journal.step("look for room") as notes:
            if notes.before is not None and self.errand.again:
                return
            drive = self.install.data_path[:1].upper()
            facts = await self.errand.transport.query()
            disk = next((each for each in facts.disks if each.letter[:1].upper() == drive), None)
            if disk is not None and disk.free < needed:
                raise errors.NotEnoughDisk(
                    workstation=self.errand.workstation.name,
                    drive=drive,
                    free=disk.free,
                    needed=needed,
                )
            notes.result = {"needed": needed}

    async def order(self, command: commands.Command[int], name: str, *, message: str) -> int | None:
        """Give the command once; the index it named, where it was heard."""
        errand = self.errand
        async with errand.journal.step(name) as notes:
            if notes.before is None:
                await errand.journal.progress(None, message)
                said = await give_once(
                    errand,
                    lambda: errand.console(self.install)(command),
                    begun=notes.started_before,
                )
                notes.result = {"index": said}
            index: int | None = notes.result["index"]
            return index

    async def arrived(
        self, before: frozenset[int], *, said: int | None, name: str | None, limit: float
    ) -> int:
        """The new index, once it is whole. What comes half made is removed (ldconsole.md 7).

        `limit` is how long its disks may take once they have begun to be written.
        """
        async with self.errand.journal.step("arrived") as notes:
            if notes.before is None:
                await self.errand.journal.progress(None, "waiting for the new emulator")
                notes.result = {"index": await self._wait(before, said, name, limit)}
            return int(notes.result["index"])

    async def _wait(
        self, before: frozenset[int], said: int | None, name: str | None, limit: float
    ) -> int:
        clock = self.errand.clock
        begun = clock.monotonic()
        quiet = UNHEARD_LIMIT if said is None else QUIET_LIMIT
        while True:
            new = [row for row in await self.rows() if row.index not in before]
            found = self._mine(new, said, name)
            if found is not None and await self._is_whole(found):
                return found
            waited = clock.monotonic() - begun
            writing = found is None and await self._is_written(before)
            if waited >= (limit if writing else quiet):
                break
            await clock.sleep(LOOK_EVERY)
        if found is None:
            raise self.failed("list2 shows no new one, and LDPlayer says nothing of why")
        await self._discard(found)
        raise self.failed(f"it came half made at index {found}, so it was removed")

    def _mine(self, new: Sequence[Row], said: int | None, name: str | None) -> int | None:
        """Others may be made by hand at the same time."""
        if len(new) <= 1:
            return new[0].index if new else None
        if said in {row.index for row in new}:
            return said
        named = [row.index for row in new if name is not None and has_name(row, name)]
        if len(named) == 1:
            return named[0]
        places = ", ".join(str(row.index) for row in new)
        raise self.failed(f"several appeared at once ({places}), and none can be told to be it")

    async def _is_whole(self, index: int) -> bool:
        needed = [config_file(self.install, index), disk_files(self.install, index)[0]]
        found = await self.errand.through(lambda: self.errand.transport.exists(needed), begun=True)
        return len(found) == len(needed)

    async def _is_written(self, before: frozenset[int]) -> bool:
        """Whether there is a folder at the index that it will have: the lowest free one."""
        index = next(number for number in range(len(before) + 1) if number not in before)
        folder = instance_folder(self.install, index)
        return bool(
            await self.errand.through(lambda: self.errand.transport.exists([folder]), begun=True)
        )

    async def _discard(self, index: int) -> None:
        errand = self.errand
        async with errand.journal.step("discard") as notes:
            try:
                remove = commands.remove(index)
                await give_once(
                    errand,
                    lambda: errand.console(self.install)(remove),
                    begun=notes.started_before,
                )
            except NoSuchPlayer:
                await errand.journal.log("discard.gone_already", index=index)
            until = errand.clock.monotonic() + DISCARD_LIMIT
            while any(row.index == index for row in await self.rows()):
                if errand.clock.monotonic() >= until:
                    raise self.failed(f"it came half made at index {index}, and can't be removed")
                await errand.clock.sleep(LOOK_EVERY)
            left = [instance_folder(self.install, index), config_file(self.install, index)]
            await errand.through(lambda: errand.transport.remove_files(left), acts=True)
            notes.result = {"index": index}

    async def name_it(self, hardware: Hardware, name: str) -> None:
        """See that it has the name; rename it where it has not."""
        async with self.errand.journal.step("name") as notes:
            if not await self._has(hardware, name):
                rename = commands.rename(hardware.index, title=name)
                console = self.errand.console(self.install)
                await self.errand.through(lambda: console(rename), acts=True)
                if not await self._has(hardware, name):
                    raise self.failed(f"it is at index {hardware.index}, but not called {name}")
            notes.result = {"name": name}

    async def _has(self, hardware: Hardware, name: str) -> bool:
        config = (await hardware.file()).config
        return config is not None and config.name == name

    async def enrol(self, index: int, *, tags: Sequence[str] = ()) -> Emulator:
        """Put it on record, with its event; a scan may have done so already."""
        async with self.errand.journal.step("enrol") as notes:
            row = next((row for row in await self.rows() if row.index == index), None)
            if row is None:
                raise self.failed(f"it is not at its index {index} any more")
            emulator = await self._record(row, tags)
            notes.result = {"emulator_id": emulator.id}
        return emulator

    async def _record(self, row: Row, tags: Sequence[str]) -> Emulator:
        errand, place = self.errand, (self.install.path, row.index)
        wanted = [(self.install, row.index)]
        files = await errand.through(
            lambda: read_configs(errand.workstation, errand.transport, wanted), begun=True
        )
        seen = Seen(install=self.install.path, glimpse=Glimpse(row=row), file=files[place])
        sweep = Sweep(
            workstation_id=errand.workstation.id,
            seen=[seen],
            listed=frozenset(),
            present=frozenset({self.install.path.casefold()}),
        )
        now = errand.clock.now()
        async with errand.storage() as work:
            all_ = await work.emulators.of_workstation(errand.workstation.id)
            known = [self._met(each, seen) for each in all_ if _at(each, seen)]
            changes = join(known, sweep, now=now, new_id=errand.new_id)
            await work.emulators.put(changes.rows)
            for event in changes.events:
                work.tell(event)
            all_ = await work.emulators.of_workstation(errand.workstation.id)
            emulator = next(each for each in all_ if _at(each, seen))
            if tags and emulator.tags != tuple(tags):
                tagged = replace(emulator, tags=tuple(tags), updated_at=now)
                return await work.emulators.change(tagged, expected_version=emulator.version)
        return emulator

    def _met(self, emulator: Emulator, seen: Seen) -> Emulator:
        """What a scan met since this began is the new one, whatever ids it had then."""
        started = self.errand.operation.started_at
        fresh = started is not None and emulator.created_at >= started
        if not fresh or seen.file is None or seen.file.config is None:
            return emulator
        return replace(emulator, marker=seen.file.config.marker)


def _at(emulator: Emulator, seen: Seen) -> bool:
    return (emulator.install.casefold(), emulator.index) == seen.place
