"""Finding the LDPlayers of a workstation, and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ldfleet import errors
from ldfleet.domain.facts import Install, SystemFacts
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer import discovery
from ldfleet.ldplayer.commands import banner
from ldfleet.ldplayer.discovery import REGISTRY_QUERIES, RegistryFinding, read_registry
from ldfleet.ldplayer.generations import generation_of
from ldfleet.ports import Clock, Transport
from ldfleet.workflows.console import Console, Note
from ldfleet.workflows.few_at_once import few_at_once
from ldfleet.workflows.reading import reading

QUERY_DEADLINE = 20.0
SHOWN = 6  # folders named in the refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Looks for LDPlayer on one workstation."""

    workstation: Workstation
    transport: Transport
    clock: Clock
    note: Note

    async def __call__(self, *, registry: bool) -> tuple[Install, ...]:
        """The installs that are there now, with their versions.

        With `registry` that is asked too: it names unusual folders, in a score of queries.

        Raises:
            LDPlayerNotInstalled: there is none.
        """
        facts = self.workstation.health.facts or await self.transport.query()
        findings = await self._ask_registry() if registry else ()
        folders = self._folders(facts, findings)
        files = [file for folder in folders for file in discovery.files_of(folder)]
        there = await self.transport.exists(files)
        found = discovery.installs(there, folders, registry=findings)
        if not found:
            looked_at = ", ".join(folders[:SHOWN]) + (" and others" if folders[SHOWN:] else "")
            raise errors.LDPlayerNotInstalled(
                workstation=self.workstation.name, looked_at=looked_at
            )
        return tuple([await self._versioned(install) for install in found])

    def console(self, install: Install) -> Console:
        """How to speak with one of them."""
        return Console(
            workstation=self.workstation,
            install=install,
            transport=self.transport,
            clock=self.clock,
            note=self.note,
        )

    def _folders(self, facts: SystemFacts, findings: Sequence[RegistryFinding]) -> Sequence[str]:
        found = discovery.candidates(
            person=self.workstation.ldplayer_path,
            players=[process.path for process in facts.players if process.path],
            registry=findings,
            drives=[disk.letter for disk in facts.disks],
        )
        return [*found, *(install.path for install in self.workstation.health.installs)]

    async def _ask_registry(self) -> Sequence[RegistryFinding]:
        async def ask(argv: Sequence[str]) -> ProcessResult:
            return await reading(
                lambda: self.transport.run(argv, deadline=QUERY_DEADLINE), self.clock
            )

        return read_registry(await few_at_once(REGISTRY_QUERIES, ask))

    async def _versioned(self, found: Install) -> Install:
        """What only the registry tells is kept from when it was asked."""
        install = next((one for one in self.workstation.health.installs if _is(one, found)), found)
        if found.data_path != rf"{found.path}\vms":
            install = replace(install, data_path=found.data_path)
        try:
            banner_version = await self.console(install)(banner())
        except errors.LDPlayerSaidNonsense:
            banner_version = None  # a build without a banner; list2 tells whether it works
        version = banner_version or found.version or install.version
        generation = generation_of(install.path, version).number
        return replace(install, version=version, generation=generation)


def _is(one: Install, other: Install) -> bool:
    return one.path.casefold() == other.path.casefold()
