"""A collector on a clock moved by hand, over a real database; what it polls is scripted."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ldfleet.domain.emulator import Emulator
from ldfleet.domain.event import Event
from ldfleet.domain.facts import DesktopSession, Disk, Install, SystemFacts
from ldfleet.domain.workstation import Health, Workstation
from ldfleet.engine.collector import Collector
from ldfleet.storage.database import Database
from support.clock import ManualClock
from support.stores import a_place

INSTALL = Install(
    path=r"C:\LDPlayer\LDPlayer9",
    generation=9,
    version=None,
    data_path=r"C:\LDPlayer\LDPlayer9\vms",
)


def facts_of(**changes: Any) -> SystemFacts:
    """A PC on which all is well."""
    facts = SystemFacts(
        computer_name="PC",
        windows="Windows 11",
        build="26100",
        booted_at=None,
        cpu="cpu",
        cpu_cores=8,
        cpu_load=1,
        memory=16 << 30,
        memory_free=8 << 30,
        disks=(Disk(letter="C:", size=500 << 30, free=200 << 30),),
        gpus=(),
        desktop=DesktopSession(session_id=1, user="anna"),
        players=(),
    )
    return replace(facts, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One scan that was asked for."""

    at: float
    name: str
    thorough: bool


@dataclass(kw_only=True)
class Polled:
    """The workstations' side: what each answers, and when it was asked."""

    clock: ManualClock
    database: Database
    collector: Collector = field(init=False)
    answers: dict[str, BaseException] = field(default_factory=dict[str, BaseException])
    """By name: what its scan raises; else it goes well."""
    hanging: set[str] = field(default_factory=set[str])
    facts: dict[str, SystemFacts] = field(default_factory=dict[str, SystemFacts])
    scans: list[Asked] = field(default_factory=list[Asked])
    at_once: int = 0
    """Scans under way."""

    async def scan(self, workstation: Workstation, *, thorough: bool) -> None:
        self.scans.append(
            Asked(at=self.clock.monotonic(), name=workstation.name, thorough=thorough)
        )
        self.at_once += 1
        try:
            await asyncio.sleep(0.002)
            if workstation.name in self.hanging:
                await asyncio.Event().wait()
            if workstation.name in self.answers:
                raise self.answers[workstation.name]
        finally:
            self.at_once -= 1

    async def ask_facts(self, workstation: Workstation) -> SystemFacts:
        return self.facts.get(workstation.name, facts_of())

    async def rest(self, *, loops: int = 1) -> None:
        """Until the list and that many workstations wait for their next turn."""
        async with asyncio.timeout(10):
            while self.clock.sleepers != 1 + loops:  # noqa: ASYNC110 - a clock tells nobody
                await asyncio.sleep(0.001)

    async def pass_time(self, seconds: float, *, by: float = 1.0, loops: int = 1) -> None:
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            self.clock.advance(by)
            await self.rest(loops=loops)

    def times(self, name: str, *, since: float = 0.0) -> list[float]:
        return [asked.at for asked in self.scans if asked.name == name and asked.at >= since]

    async def put(self, *workstations: Workstation, emulators: Sequence[Emulator] = ()) -> None:
        async with self.database() as work:
            for workstation in workstations:
                await work.workstations.add(workstation)
            await work.emulators.put(emulators)

    async def health(self, workstation_id: str = "ws_0001") -> Health:
        async with self.database() as work:
            return (await work.workstations.get(workstation_id)).health

    async def head(self) -> str:
        return await self.database.feed.head()

    async def events(self, after: str) -> list[Event]:
        if await self.head() == after:
            return []
        async for batch in self.database.feed.follow(after):
            return [event for _, event in batch]
        raise AssertionError("the feed ended")

    @property
    def now(self) -> datetime:
        return self.clock.now()


@asynccontextmanager
async def polled(
    config: pytest.Config, folder: Path, *, at_once: int = 50, deadline: float = 5.0
) -> AsyncGenerator[Polled]:
    """A collector that is not running yet."""
    async with a_place("sqlite", config, folder) as place, place.opened() as database:
        made = Polled(clock=ManualClock(), database=database)
        made.collector = Collector(
            storage=database,
            scan=made.scan,
            facts=made.ask_facts,
            clock=made.clock,
            chance=random.Random(1),
            at_once=at_once,
            deadline=deadline,
        )
        yield made
