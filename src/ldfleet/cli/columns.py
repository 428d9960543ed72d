"""What tables show of each noun."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ldfleet.cli.output import Column, age
from ldfleet.domain.checkup import Verdict
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.workstation import TransportKind
from ldfleet.wire.checkups import WorkstationDetailOut
from ldfleet.wire.emulators import EmulatorConfigOut, EmulatorOut
from ldfleet.wire.operations import OperationOut, VerbStatsOut
from ldfleet.wire.server import EventOut, StatusOut
from ldfleet.wire.workstations import FactsOut, StageOut, SystemInfoOut, WorkstationOut


def describe(operation: OperationOut) -> str:
    """Where an operation is, in a few words."""
    queued = operation.status is OperationStatus.QUEUED
    why = operation.waiting_for if queued else operation.message
    percent = f" {operation.progress:.0%}" if operation.progress is not None else ""
    words = f"{operation.status.replace('_', ' ')}{percent}"
    if operation.status.over or not why:
        return words
    return f"{words} ({why})"


def _took(operation: OperationOut) -> str | None:
    if operation.started_at is None or operation.finished_at is None:
        return None
    return age((operation.finished_at - operation.started_at).total_seconds())


def _failure(operation: OperationOut) -> str | None:
    return None if operation.failure is None else operation.failure.detail


def _screen(emulator: EmulatorOut | EmulatorConfigOut) -> str | None:
    screen = emulator.screen
    return None if screen is None else f"{screen.width}x{screen.height} at {screen.dpi} dpi"


def _last_known(emulator: EmulatorOut) -> str | None:
    known = emulator.last_known
    return None if emulator.current else f"{known.power}, Android {known.android}, ADB {known.adb}"


def _transport(workstation: WorkstationOut) -> str:
    if workstation.transport is not TransportKind.WINRM:
        return f"{workstation.transport}, {workstation.login}"
    tls = "TLS" if workstation.tls else "no TLS"
    return f"{workstation.transport}, {tls}, {workstation.login}"


def _share(free: int, whole: int) -> str:
    return f"{free / 2**30:.1f} of {whole / 2**30:.1f} GiB"


def _desktop(facts: FactsOut) -> str | None:
    return None if facts.desktop is None else facts.desktop.user


def _disks(facts: FactsOut) -> list[str]:
    return [f"{disk.letter} {_share(disk.free, disk.size)}" for disk in facts.disks]


def _installs(info: SystemInfoOut) -> list[str]:
    return [f"{found.path} {found.version or ''}".rstrip() for found in info.installs]


def _counts(by_status: Mapping[Any, int]) -> str:
    shown = ", ".join(f"{count} {status}" for status, count in by_status.items() if count)
    return shown or "none"


def _detailed(column: Column[WorkstationOut]) -> Column[WorkstationDetailOut]:
    return Column(column.title, column.cell)


def _capabilities(workstation: WorkstationDetailOut) -> str:
    found = workstation.capabilities
    if found is None:
        return "never there"
    return f"{found.ok} ok, {found.warning} to mend, {found.unknown} unknown"


def _warnings(workstation: WorkstationDetailOut) -> list[str]:
    found = workstation.capabilities
    findings = [] if found is None else found.findings
    return list(dict.fromkeys(each.probe for each in findings if each.verdict is Verdict.WARNING))


WORKSTATIONS: Sequence[Column[WorkstationOut]] = (
    Column("id", lambda ws: ws.id),
    Column("name", lambda ws: ws.name),
    Column("status", lambda ws: ws.status),
    Column("address", lambda ws: f"{ws.host}:{ws.port}"),
    Column("ldplayer", lambda ws: [found.version or found.generation for found in ws.installs]),
    Column("desktop", lambda ws: ws.desktop_user),
    Column("seen", lambda ws: age(ws.age_s)),
    Column("reason", lambda ws: ws.status_reason),
)
WORKSTATION: Sequence[Column[WorkstationOut]] = (
    *WORKSTATIONS,
    Column("failure", lambda ws: ws.failure),
    Column("remedy", lambda ws: ws.failure_hint),
    Column("transport", _transport),
    Column("user", lambda ws: ws.username),
    Column("certificate", lambda ws: ws.certificate_sha256),
    Column("host key", lambda ws: ws.host_key_sha256),
    Column("ldplayer path", lambda ws: ws.ldplayer_path),
    Column("tags", lambda ws: ws.tags),
    Column("notes", lambda ws: ws.notes),
    Column("site", lambda ws: ws.site),
    Column("boots at once", lambda ws: ws.limits.boots),
    Column("created", lambda ws: ws.created_at),
)
WORKSTATION_DETAIL: Sequence[Column[WorkstationDetailOut]] = (
    *map(_detailed, WORKSTATION),
    Column("doctor", _capabilities),
    Column("doctor's warnings", _warnings),
)
SYSTEM_INFO: Sequence[Column[SystemInfoOut]] = (
    Column("id", lambda info: info.workstation_id),
    Column("name", lambda info: info.workstation_name),
    Column("status", lambda info: info.status),
    Column("computer", lambda info: info.facts and info.facts.computer_name),
    Column("windows", lambda info: info.facts and f"{info.facts.windows} ({info.facts.build})"),
    Column("booted", lambda info: info.facts and info.facts.booted_at),
    Column("cpu", lambda info: info.facts and info.facts.cpu),
    Column("cores", lambda info: info.facts and info.facts.cpu_cores),
    Column("cpu load %", lambda info: info.facts and info.facts.cpu_load),
    Column(
        "memory free",
        lambda info: info.facts and _share(info.facts.memory_free, info.facts.memory),
    ),
    Column("disks free", lambda info: info.facts and _disks(info.facts)),
    Column("gpu", lambda info: info.facts and info.facts.gpus),
    Column("desktop user", lambda info: info.facts and _desktop(info.facts)),
    Column("ldplayer", _installs),
    Column("seen", lambda info: age(info.age_s)),
)
STAGES: Sequence[Column[StageOut]] = (
    Column("rung", lambda stage: stage.name),
    Column("result", lambda stage: {True: "ok", False: "failed", None: "not reached"}[stage.ok]),
    Column("took", lambda stage: None if stage.ok is None else f"{stage.took_s:.2f} s"),
    Column("detail", lambda stage: stage.detail),
)
EMULATORS: Sequence[Column[EmulatorOut]] = (
    Column("id", lambda em: em.id),
    Column("name", lambda em: em.name),
    Column("status", lambda em: em.status),
    Column("workstation", lambda em: em.workstation_name),
    Column("index", lambda em: em.index),
    Column("android", lambda em: em.android),
    Column("adb", lambda em: em.adb),
    Column("seen", lambda em: age(em.age_s)),
    Column("trouble", lambda em: em.trouble),
)
EMULATOR: Sequence[Column[EmulatorOut]] = (
    *EMULATORS,
    Column("last known", _last_known),
    Column("install", lambda em: em.install),
    Column("screen", _screen),
    Column("cpu cores", lambda em: em.cpu),
    Column("memory MiB", lambda em: em.memory_mib),
    Column("tags", lambda em: em.tags),
    Column("notes", lambda em: em.notes),
    Column("protected", lambda em: em.protected),
    Column("removed", lambda em: em.removed_at),
)
CONFIG: Sequence[Column[EmulatorConfigOut]] = (
    Column("emulator", lambda known: known.emulator_id),
    Column("file read", lambda known: known.read),
    Column("read at", lambda known: known.read_at),
    Column("hash", lambda known: known.hash),
    Column("screen", _screen),
    Column("cpu cores", lambda known: known.cpu),
    Column("memory MiB", lambda known: known.memory_mib),
    Column("adb debug", lambda known: known.adb_debug),
    Column("android id", lambda known: known.device_ids.android_id),
    Column("imei", lambda known: known.device_ids.imei),
    Column("mac", lambda known: known.device_ids.mac),
    Column("current", lambda known: known.current),
    Column("seen", lambda known: known.seen_at),
)
EVENTS: Sequence[Column[EventOut]] = (
    Column("id", lambda event: event.id),
    Column("at", lambda event: event.at),
    Column("type", lambda event: event.type),
    Column("data", lambda event: words_of(event.data)),
)
OPERATIONS: Sequence[Column[OperationOut]] = (
    Column("id", lambda operation: operation.id),
    Column("verb", lambda operation: operation.verb),
    Column("status", lambda operation: operation.status),
    Column("target", lambda operation: operation.emulator_id or operation.workstation_id),
    Column("progress", describe),
    Column("by", lambda operation: operation.requested_by),
    Column("created", lambda operation: operation.created_at),
    Column("took", _took),
)
OPERATION: Sequence[Column[OperationOut]] = (
    *OPERATIONS,
    Column("workstation", lambda operation: operation.workstation_id),
    Column("attempt", lambda operation: operation.attempt),
    Column("retry of", lambda operation: operation.retry_of),
    Column("reason", lambda operation: operation.reason),
    Column("failure", _failure),
)
VERB_STATS: Sequence[Column[VerbStatsOut]] = (
    Column("verb", lambda one: one.verb),
    Column("operations", lambda one: _counts(one.counts)),
    Column("usual seconds", lambda one: one.usual_s),
)
STATUS: Sequence[Column[StatusOut]] = (
    Column("version", lambda status: status.version),
    Column("uptime", lambda status: status.uptime),
    Column("started", lambda status: status.started_at),
    Column("workstations", lambda status: _counts(status.workstations)),
    Column("emulators", lambda status: _counts(status.emulators)),
    Column("operations", lambda status: _counts(status.operations)),
)


LONGEST_WORD = 300


def words_of(result: Mapping[str, Any]) -> str:
    """What an operation gave, on one line; -o json has all of it."""
    said = [
        f"{name} {_word(value)}"
        for name, value in result.items()
        if value not in (None, "", [], {})
    ]
    return ", ".join(said)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]}…"
