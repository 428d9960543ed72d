"""Install an app from a file on the workstation or from LDPlayer's store, and see it listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ldfleet import errors
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.packages import install_failure
from ldfleet.workflows.context import Context
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.guest import packages, until
from ldfleet.workflows.once import give_once
from ldfleet.workflows.ready import ready_first

FILE_LIMIT = 30.0  # seconds after installapp has ended
STORE_LIMIT = 300.0
"""The store's page is opened and installs by itself (ldconsole.md 5)."""


async def install(context: Context) -> Mapping[str, Any]:
    """Remember what is installed, have the app installed, and see what has come."""
    params = context.operation.params
    return await App(context=context, file=params.get("file"), package=params.get("package"))()


async def check_files(errand: Errand, files: Sequence[str]) -> None:
    """Raises FileMissing, for the first that is not on the workstation."""
    there = await errand.transport.exists(files)
    for file in files:
        if file not in there:
            raise errors.FileMissing(workstation=errand.workstation.name, path=file)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One app that is to be on an emulator, named by its file or by its package."""

    context: Context
    file: str | None = None
    package: str | None = None
    steps: str = ""
    """What the names of its steps begin with, where there are several apps."""

    @property
    def name(self) -> str:
        """As it was asked for."""
        return self.file or self.package or ""

    async def __call__(self) -> Mapping[str, Any]:
        await ready_first(self.context)
        before = await self._before()
        if self.package is not None and self.package in before:
            return {"package": self.package, "already_installed": True, "observed": True}
        said = await self._give(before)
        come = await self._see(before, said)
        return {"package": come, "already_installed": come in before, "observed": True}

    async def _before(self) -> Mapping[str, str]:
        context = self.context
        async with context.journal.step(f"{self.steps}before") as notes:
            if notes.before is None:
                await context.journal.progress(0.1, "looking at what is installed")
                if self.file is not None:
                    await check_files(context, [self.file])
                notes.result = {"packages": dict(await packages(context))}
            before: Mapping[str, str] = notes.result["packages"]
            return before

    async def _give(self, before: Mapping[str, str]) -> str:
        """What was said of it; nothing where its answer was not heard."""
        context, index = self.context, self.context.emulator.index
        async with context.journal.step(f"{self.steps}install") as notes:
            if notes.before is None:
                await context.journal.progress(0.3, f"installing {self.name}")
                if self.file is not None:
                    command = commands.installapp(index, file=self.file)
                else:
                    command = commands.installapp_from_store(index, package=self.name)

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

    async def _see(self, before: Mapping[str, str], said: str) -> str:
        context = self.context
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
