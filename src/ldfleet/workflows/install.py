"""Install an app of a file on the workstation, of LDPlayer's store or of the library; see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ldfleet import errors
from ldfleet.domain.app import Installation
from ldfleet.domain.ids import AppId
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.commands import Command
from ldfleet.ldplayer.outputs import Said
from ldfleet.ldplayer.packages import install_failure, version_of
from ldfleet.workflows.context import Context
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.guest import ask, packages, until
from ldfleet.workflows.library import bring, installing, push_data, see_version
from ldfleet.workflows.once import give_once
from ldfleet.workflows.ready import ready_first

FILE_LIMIT = 30.0  # seconds after installapp has ended
STORE_LIMIT = 300.0
"""The store's page is opened and installs by itself (ldconsole.md 5)."""


async def install(context: Context) -> Mapping[str, Any]:
    """Remember what is installed, have the app installed, and see what has come."""
    params = context.operation.params
    named = {name: params[name] for name in ("file", "package", "app") if name in params}
    return await App(context=context, **named)()


async def check_files(errand: Errand, files: Sequence[str]) -> None:
    """Raises FileMissing, for the first that is not on the workstation."""
    there = await errand.transport.exists(files)
    for file in files:
        if file not in there:
            raise errors.FileMissing(workstation=errand.workstation.name, path=file)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One app that is to be on an emulator: of a file, of the store, or of the library."""

    context: Context
    file: str | None = None
    package: str | None = None
    app: str | None = None
    steps: str = ""
    """What the names of its steps begin with, where there are several apps."""

    @property
    def name(self) -> str:
        """As it was asked for."""
        return self.file or self.package or self.app or ""

    async def __call__(self) -> Mapping[str, Any]:
        await ready_first(self.context)
        if self.app is not None:
            return await self._of_library(self.app)
        before = await self.look_before()
        if self.package is not None and self.package in before:
            return {"package": self.package, "already_installed": True, "observed": True}
        index = self.context.emulator.index
        if self.file is not None:
            command = commands.installapp(index, file=self.file)
        else:
            command = commands.installapp_from_store(index, package=self.name)
        said = await self.give(before, command)
        come = await self.see(before, said)
        await self.remember(come, await self.version(come))
        return {"package": come, "already_installed": come in before, "observed": True}

    async def _of_library(self, app_id: str) -> Mapping[str, Any]:
        context = self.context
        async with context.storage() as work:
            app = await work.apps.get(app_id)
        there = await bring(context, app, steps=self.steps)
        mine = replace(self, app=None, package=app.facts.package)
        before = await mine.look_before()
        said = await mine.give(before, installing(context, app, there))
        come = await mine.see(before, said, limit=FILE_LIMIT)
        await push_data(context, app, there, steps=self.steps)
        version = await mine.version(come)
        await mine.remember(come, version, app_id=app.id)
        seen = await see_version(context, app, version)
        return {"package": come, "already_installed": come in before, **seen}

    async def remember(
        self, package: str, version: Mapping[str, Any], *, app_id: AppId | None = None
    ) -> None:
        """That it was seen there, for who asks where which version is."""
        context = self.context
        seen = Installation(
            emulator_id=context.emulator.id,
            package=package,
            version_code=version["version_code"],
            version_name=version["version_name"],
            app_id=app_id,
            operation_id=context.operation.id,
            seen_at=context.clock.now(),
        )
        async with context.storage() as work:
            await work.installations.put(seen)

    async def version(self, package: str) -> Mapping[str, Any]:
        """Of the app that is there now, as Android tells it; None for what it does not tell."""
        async with self.context.journal.step(f"{self.steps}version") as notes:
            told = await ask(self.context, f"shell dumpsys package {package}")
            found = version_of(package, told)
            notes.result = {"version_code": found.version_code, "version_name": found.version}
            return notes.result

    async def look_before(self) -> Mapping[str, str]:
        context = self.context
        async with context.journal.step(f"{self.steps}before") as notes:
            if notes.before is None:
                await context.journal.progress(0.1, "looking at what is installed")
                if self.file is not None:
                    await check_files(context, [self.file])
                notes.result = {"packages": dict(await packages(context))}
            before: Mapping[str, str] = notes.result["packages"]
            return before

    async def give(self, before: Mapping[str, str], command: Command[Said]) -> str:
        """What was said of it; nothing where its answer was not heard."""
        context = self.context
        async with context.journal.step(f"{self.steps}install") as notes:
            if notes.before is None:
                await context.journal.progress(0.3, f"installing {self.name}")

                async def has_come() -> bool:
                    return self._come(before, await packages(context)) is not None

                said = await give_once(
                    context,
                    lambda: context.ldconsole(command),
                    begun=notes.started_before,
                    happened=has_come,
                )
                words = "" if said is None else f"{said.text}\n{said.error}".strip()
                notes.result = {"said": words}
            return str(notes.result["said"])

    async def see(self, before: Mapping[str, str], said: str, *, limit: float | None = None) -> str:
        context = self.context
        if limit is None:
            limit = STORE_LIMIT if self.file is None else FILE_LIMIT
        async with context.journal.step(f"{self.steps}listed") as notes:
            if notes.before is None:
                await context.journal.progress(0.8, f"waiting until {self.name} is listed")
                refused = install_failure(said)
                found = await until(
                    context,
                    lambda: packages(context),
                    lambda now: self._come(before, now) is not None,
                    limit=0.0 if refused else limit,
                )
                come = self._come(before, found)
                if come is None:
                    silent = f"nothing came within {limit:g} s, and nothing was said"
                    raise errors.AppInstallFailed(
                        emulator=context.emulator.id,
                        app=self.name,
                        reason=refused or said or silent,
                    )
                notes.result = {"package": come}
            return str(notes.result["package"])

    def _come(self, before: Mapping[str, str], now: Mapping[str, str]) -> str | None:
        """The app that is new, or whose place has moved: Android gives each install its own."""
        moved = [name for name, place in now.items() if before.get(name) != place]
        if self.package is not None:
            return self.package if self.package in moved else None
        return moved[0] if moved else None
