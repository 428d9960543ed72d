"""Asking a workstation every open question of the reference; it changes nothing there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import ldfleet
from ldfleet import errors
from ldfleet.domain.checkup import Checkup, Finding, Verdict
from ldfleet.domain.facts import Install, SystemFacts
from ldfleet.domain.ids import OperationId
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.commands import list2
from ldfleet.ldplayer.layout import config_file, global_config
from ldfleet.ldplayer.outputs import Row
from ldfleet.ldplayer.probes.bundle import Answered, bundle_of
from ldfleet.ldplayer.probes.console import console
from ldfleet.ldplayer.probes.probe import Ask, Failure, Heard, Probe, Read, Run, Scene
from ldfleet.ldplayer.probes.table import PROBES
from ldfleet.ldplayer.redaction import Name
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.ports import Clock, Transport
from ldfleet.workflows.console import Note
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.installs import Search
from ldfleet.workflows.reading import reading

CONFIGS = 8
"""Files that are looked at: of the first emulators of an LDPlayer."""
ITS_END = (
    errors.WorkstationUnreachable,
    errors.WorkstationRefusedLogin,
    errors.WorkstationUntrusted,
)
"""Failures after which no other probe would get an answer."""


async def doctor(errand: Errand) -> Mapping[str, Any]:
    """Ask, and keep what was found as the workstation's capabilities.

    A probe that gets no answer, or nonsense, is unknown; the others go on.

    Raises:
        WorkstationUnreachable, WorkstationRefusedLogin, WorkstationUntrusted: nothing is kept.
    """
    async with errand.journal.step("look around") as notes:
        await errand.journal.progress(None, "looking at the workstation")
        visit = Visit(
            workstation=errand.workstation,
            transport=errand.transport,
            clock=errand.clock,
            note=errand.journal.log,
        )
        planned = await visit.plan()
        for number, (probe, scene) in enumerate(planned):
            await errand.journal.progress(number / len(planned), probe.question)
            await visit.ask(probe, scene)
        checkup = visit.checkup(errand.operation.id)
        async with errand.storage() as work:
            await work.checkups.put(checkup)
        notes.result = {verdict.value: checkup.count(verdict) for verdict in Verdict}
        return notes.result


@dataclass(slots=True, kw_only=True)
class Visit:
    """One round of questions to one workstation."""

    workstation: Workstation
    transport: Transport
    clock: Clock
    note: Note
    findings: list[Finding] = field(default_factory=list[Finding])
    _scenes: list[Scene] = field(default_factory=list[Scene])
    _answers: list[Answered] = field(default_factory=list[Answered])
    _heard: dict[Ask, Heard] = field(default_factory=dict[Ask, Heard])

    async def plan(self) -> Sequence[tuple[Probe, Scene]]:
        """What is about the PC first, then all of one LDPlayer after the other."""
        pc = Scene(address=self.workstation.address, facts=await self._facts())
        installs = [await self._scene(pc, each) for each in await self._installs(pc.facts)]
        self._scenes = [pc, *installs]
        return [
            (probe, scene)
            for scene in self._scenes
            for probe in PROBES
            if probe.of_install is (scene.install is not None)
        ]

    async def ask(self, probe: Probe, scene: Scene) -> None:
        """One question; whatever comes of it is a finding."""
        needs = probe.needs(scene)
        if needs is not None:
            self.findings.append(probe.not_asked(scene, needs))
            return
        heard: list[Heard] = []
        for ask in probe.asks(scene):
            heard.append(await self._hear(ask))
            if heard[-1].failure is not None:
                break
        finding = probe.finding(scene, heard)
        self.findings.append(finding)
        self._answers.append(Answered(probe=probe.id, scene=scene, heard=heard))
        await self.note("probe", probe=probe.id, about=finding.about, verdict=finding.verdict.value)

    def checkup(self, operation_id: OperationId) -> Checkup:
        """All of it, and the bundle without what tells of anybody."""
        at = self.clock.now()
        return Checkup(
            workstation_id=self.workstation.id,
            operation_id=operation_id,
            at=at,
            findings=tuple(self.findings),
            bundle=bundle_of(
                {"asked_at": at.isoformat(), **_about(self._scenes)},
                self.findings,
                self._answers,
                names=_names(self.workstation, self._scenes[0].facts),
            ),
        )

    async def _facts(self) -> SystemFacts | None:
        try:
            return await reading(self.transport.query, self.clock)
        except ITS_END:
            raise
        except errors.FleetError as error:
            await self.note("facts.unknown", code=error.code, reason=str(error))
            return None

    async def _installs(self, facts: SystemFacts | None) -> Sequence[Install]:
        known = self.workstation.health
        search = Search(
            workstation=self.workstation.seen(replace(known, facts=facts or known.facts)),
            transport=self.transport,
            clock=self.clock,
            note=self.note,
        )
        try:
            return await search(registry=True)
        except ITS_END:
            raise
        except errors.FleetError as error:
            await self.note("installs.unknown", code=error.code, reason=str(error))
            return known.installs

    async def _scene(self, pc: Scene, install: Install) -> Scene:
        bare = replace(pc, install=install)
        listed = await self._hear(console(bare, *list2().args))
        rows = _rows(listed)
        files = {row.index: config_file(install, row.index) for row in rows[:CONFIGS]}
        read = await self._hear(Read(paths=(*files.values(), global_config(install))))
        contents = read.files or {}
        scene = replace(
            bare,
            list2=listed,
            rows=rows,
            configs={index: contents.get(path) for index, path in files.items()},
        )
        self._answers.append(Answered(probe="scene", scene=scene, heard=[listed, read]))
        return scene

    async def _hear(self, ask: Ask) -> Heard:
        """The answer; what several probes ask is asked once."""
        if ask not in self._heard:
            self._heard[ask] = await self._asked(ask)
        return self._heard[ask]

    async def _asked(self, ask: Ask) -> Heard:
        started = self.clock.monotonic()
        result: ProcessResult | None = None
        files: Mapping[str, bytes | None] | None = None
        failure: Failure | None = None
        try:
            if isinstance(ask, Run):
                result = await reading(lambda: self._run(ask), self.clock)
            else:
                files = await reading(lambda: self.transport.read_files(ask.paths), self.clock)
        except ITS_END:
            raise
        except errors.FleetError as error:
            failure = Failure(code=error.code, reason=str(error), hint=error.hint)
        seconds = self.clock.monotonic() - started
        return Heard(ask=ask, seconds=seconds, result=result, files=files, failure=failure)

    async def _run(self, ask: Run) -> ProcessResult:
        return await self.transport.run(ask.argv, deadline=ask.deadline, desktop=ask.desktop)


def _rows(listed: Heard) -> tuple[Row, ...]:
    try:
        return list2().read(listed.ran)
    except NotUnderstood:
        return ()


def _about(scenes: Sequence[Scene]) -> Mapping[str, Any]:
    """What the answers depend upon; nothing of whose PC it is."""
    pc, *installs = scenes
    facts = pc.facts
    return {
        "ldfleet": ldfleet.__version__,
        "transport": pc.address.transport.value,
        "tls": pc.address.tls,
        "login": pc.address.login.value,
        "windows": None
        if facts is None
        else {
            "name": facts.windows,
            "build": facts.build,
            "cpu": facts.cpu,
            "gpus": list(facts.gpus),
            "memory": facts.memory,
            "desktop": facts.desktop is not None,
        },
        "installs": [asdict(each.install) for each in installs if each.install is not None],
    }


def _names(workstation: Workstation, facts: SystemFacts | None) -> Sequence[Name]:
    desktop = None if facts is None else facts.desktop
    return [
        (workstation.name, "workstation"),
        (workstation.address.host, "host"),
        (workstation.address.username, "user"),
        (None if facts is None else facts.computer_name, "host"),
        (None if desktop is None else desktop.user, "user"),
        (workstation.health.desktop_user, "user"),
    ]
