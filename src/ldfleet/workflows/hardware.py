"""Setting the hardware and the identity of an instance, and reading it back from its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ldfleet import errors
from ldfleet.domain.emulator import Power
from ldfleet.domain.facts import Install
from ldfleet.domain.hardware import AUTO, HardwareSettings
from ldfleet.errors import JSON
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.configfile import ADB_DEBUG, ADB_LOCAL, changes_of, edit
from ldfleet.ldplayer.generations import GENERATIONS, LIKELIEST
from ldfleet.ldplayer.layout import config_file
from ldfleet.ldplayer.outputs import Said
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.workflows.configs import ConfigFile, read_configs
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.once import give_once

TAKEN_LIMIT = 10.0
"""Seconds; modify writes the file at once (ldconsole.md 5)."""
LOOK_EVERY = 1.5
_IN_ANY_CASE = ("mac", "android_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """The settings of one instance; `name` is what failures call it."""

    errand: Errand
    install: Install
    index: int
    name: str

    async def file(self) -> ConfigFile:
        """Its config file as it is now."""
        place = (self.install.path, self.index)

        async def read() -> ConfigFile:
            errand = self.errand
            wanted = [(self.install, self.index)]
            return (await read_configs(errand.workstation, errand.transport, wanted))[place]

        return await self.errand.through(read, begun=self.errand.again)

    async def apply(self, settings: HardwareSettings, *, off: bool) -> ConfigFile:
        """Set them and see them in the file: those that `modify` can't by writing the file.

        Raises:
            ValidationFailed: this LDPlayer takes none such.
            EmulatorWrongState: the file has to be written, and the emulator is not `off`.
            EmulatorSettingNotTaken: another value was found in the file.
            ConfigFileUnreadable: and what the transport raises.
        """
        beyond = beyond_modify(self.install, settings)
        if beyond and not off:
            raise errors.EmulatorWrongState(
                emulator=self.name,
                verb=self.errand.operation.verb,
                state=Power.RUNNING.value,
                needed=f"{Power.STOPPED} to set {', '.join(sorted(beyond))} to this",
            )
        before = await self._ids_before(settings)
        if not (modified := settings.without(beyond)).empty:
            await self._modify(modified)
        if not (written := settings.only(beyond)).empty:
            await self._write(written)
        return await self._read_back(settings, before)

    async def switch_adb_on(self) -> None:
        """For what runs on this PC, where it is off: it is read at the start of the VM only."""
        async with self.errand.journal.step("adb on") as notes:
            if notes.before is None:
                config = (await self.file()).config
                if config is None or not config.adb_debug:
                    await self._put({ADB_DEBUG: ADB_LOCAL})
                notes.result = {"adb_debug": ADB_LOCAL}

    async def _ids_before(self, settings: HardwareSettings) -> Mapping[str, Any]:
        """The device ids that are to become others, remembered from the first run."""
        async with self.errand.journal.step("look at its ids") as notes:
            if notes.before is None or not self.errand.again:
                auto = [name for name, value in settings.given.items() if value == AUTO]
                config = (await self.file()).config if auto else None
                hardware = HardwareSettings() if config is None else config.hardware
                notes.result = {"ids": dict(hardware.only(auto).given)}
            ids: Mapping[str, Any] = notes.result["ids"]
            return ids

    async def _modify(self, settings: HardwareSettings) -> None:
        errand = self.errand
        async with errand.journal.step("modify") as notes:
            if notes.before is not None:
                return
            await errand.journal.progress(None, "setting its hardware")
            command = commands.modify(self.index, settings)

            async def modify() -> Said:
                return await errand.console(self.install)(command)

            if command.kind is commands.CommandClass.ONCE:
                await give_once(errand, modify, begun=notes.started_before)
            else:
                await errand.through(modify, acts=True)
            notes.result = {"given": sorted(settings.given)}

    async def _write(self, settings: HardwareSettings) -> None:
        """Only what it takes is changed in the text; a second writing changes nothing."""
        async with self.errand.journal.step("write") as notes:
            await self.errand.journal.progress(None, "writing its config file")
            await self._put(changes_of(settings))
            notes.result = {"written": sorted(settings.given)}

    async def _put(self, changes: Mapping[str, JSON]) -> None:
        errand, path = self.errand, config_file(self.install, self.index)

        async def write() -> None:
            content = (await errand.transport.read_files([path]))[path]
            edited = self._edited(path, content, changes)
            if edited != content:
                await errand.transport.write_file(path, edited)

        await errand.through(write, acts=True)

    def _edited(self, path: str, content: bytes | None, changes: Mapping[str, JSON]) -> bytes:
        workstation = self.errand.workstation.name
        if content is None:
            raise errors.ConfigFileUnreadable(
                workstation=workstation, path=path, reason="it comes to be at the first launch"
            )
        try:
            return edit(content, changes)
        except NotUnderstood as error:
            raise errors.ConfigFileUnreadable(
                workstation=workstation, path=path, reason=error.reason
            ) from error

    async def _read_back(self, wanted: HardwareSettings, before: Mapping[str, Any]) -> ConfigFile:
        errand = self.errand
        async with errand.journal.step("read_back") as notes:
            await errand.journal.progress(None, "reading its settings back")
            until = errand.clock.monotonic() + TAKEN_LIMIT
            while True:
                file = await self.file()
                found = HardwareSettings() if file.config is None else file.config.hardware
                missing = [n for n in wanted.given if not _taken(n, wanted, found, before)]
                if not missing or errand.clock.monotonic() >= until:
                    break
                await errand.clock.sleep(LOOK_EVERY)
            if missing and file.failure is not None:
                raise file.failure
            if missing:
                raise errors.EmulatorSettingNotTaken(
                    emulator=self.name,
                    setting=", ".join(missing),
                    wanted=", ".join(str(wanted.given[name]) for name in missing),
                    found=", ".join(str(found.given.get(name, "nothing")) for name in missing),
                )
            notes.result = {"set": sorted(wanted.given)}
        return file


def beyond_modify(install: Install, settings: HardwareSettings) -> frozenset[str]:
    """The fields that have to be written into the file. Raises ValidationFailed."""
    limits = GENERATIONS.get(install.generation, LIKELIEST).limits
    beyond = settings.beyond(limits)
    settings.without(beyond).check(limits)
    return beyond


def _taken(
    name: str, wanted: HardwareSettings, found: HardwareSettings, before: Mapping[str, Any]
) -> bool:
    want, have = wanted.given[name], found.given.get(name)
    if want == AUTO:
        return have is not None and have != before.get(name)
    if name in _IN_ANY_CASE and have is not None:
        return str(want).casefold() == str(have).casefold()
    return bool(want == have)
