"""Domain values as they travel."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from ldfleet import errors
from ldfleet.domain.emulator import PlacedEmulator, Screen
from ldfleet.domain.event import Event
from ldfleet.domain.facts import Install, SystemFacts
from ldfleet.domain.operation import LogLine, Operation, OperationStatus, Step
from ldfleet.domain.picture import PictureFormat
from ldfleet.domain.workstation import (
    LOGINS,
    Address,
    Credentials,
    Health,
    Limits,
    LoginMethod,
    TransportKind,
    Workstation,
)
from ldfleet.services.history import VerbStats
from ldfleet.services.status import Status
from ldfleet.services.workstations import ConnectionReport, Draft
from ldfleet.wire.emulators import (
    DeviceIdsOut,
    EmulatorConfigOut,
    EmulatorOut,
    LastKnownOut,
    ScreenOut,
)
from ldfleet.wire.operations import LogLineOut, OperationOut, StatsOut, StepOut, VerbStatsOut
from ldfleet.wire.problem import Failure, failure_of
from ldfleet.wire.server import ChangesOut, EventOut, StatusOut
from ldfleet.wire.workstations import (
    NO_PORT,
    PLAIN_PORT,
    SSH_PORT,
    TLS_PORT,
    ConnectionReportOut,
    DesktopOut,
    DiskOut,
    FactsOut,
    InstallOut,
    LimitsIn,
    LimitsOut,
    LoadNowOut,
    StageOut,
    SystemInfoOut,
    WorkstationIn,
    WorkstationOut,
)

SECRETS = frozenset({"password", "client_certificate_pem", "client_private_key_pem"})


def draft_of(described: WorkstationIn) -> Draft:
    """What a person said of a workstation."""
    limits = described.limits
    return Draft(
        name=described.name,
        address=Address(
            host=described.host,
            port=described.port or _port_of(described),
            transport=described.transport,
            tls=described.tls and described.transport is TransportKind.WINRM,
            login=described.login or _login_of(described),
            username=described.username,
            certificate_sha256=described.certificate_sha256,
            ca_pem=described.ca_pem,
            host_key_sha256=described.host_key_sha256,
        ),
        ldplayer_path=described.ldplayer_path,
        tags=described.tags,
        notes=described.notes,
        site=described.site,
        limits=Limits(
            boots=limits.boots, disk=limits.disk, light=limits.light, boot_gap=limits.boot_gap_s
        ),
    )


def _port_of(described: WorkstationIn) -> int:
    ports = {
        TransportKind.WINRM: TLS_PORT if described.tls else PLAIN_PORT,
        TransportKind.SSH: SSH_PORT,
        TransportKind.LOCAL: NO_PORT,
    }
    return ports[described.transport]


def _login_of(described: WorkstationIn) -> LoginMethod:
    if described.transport is TransportKind.SSH and described.client_private_key_pem is not None:
        return LoginMethod.KEY
    return LOGINS[described.transport][0]


def credentials_of(described: WorkstationIn) -> Credentials:
    """The secret half of it."""

    def revealed(name: str) -> str | None:
        value = getattr(described, name)
        return None if value is None else str(value.get_secret_value())

    return Credentials(
        password=revealed("password"),
        certificate_pem=revealed("client_certificate_pem"),
        private_key_pem=revealed("client_private_key_pem"),
    )


def description_of(workstation: Workstation) -> dict[str, Any]:
    """What a `WorkstationIn` would say of it, without secrets: a merge patch's target."""
    return {
        "name": workstation.name,
        **asdict(workstation.address),
        "port": workstation.address.port or None,
        "ldplayer_path": workstation.ldplayer_path,
        "tags": list(workstation.tags),
        "notes": workstation.notes,
        "site": workstation.site,
        "limits": _limits(workstation.limits),
    }


def merged(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 7396: null removes, objects merge, everything else replaces."""
    result = {name: value for name, value in target.items() if value is not None}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged(result.get(name, {}), cast("dict[str, Any]", value))
        else:
            result[name] = value
    return result


def workstation_out(workstation: Workstation, *, now: datetime) -> WorkstationOut:
    """A workstation; `now` dates what is known of it."""
    health = workstation.health
    return WorkstationOut(
        id=workstation.id,
        name=workstation.name,
        **asdict(workstation.address),
        ldplayer_path=workstation.ldplayer_path,
        tags=list(workstation.tags),
        notes=workstation.notes,
        site=workstation.site,
        limits=LimitsOut(**_limits(workstation.limits)),
        maintenance=workstation.maintenance,
        status=workstation.status,
        status_reason=workstation.maintenance or health.reason,
        failure=health.failure,
        failure_hint=_hint(health.failure),
        seen_at=health.seen_at,
        changed_at=health.changed_at,
        age_s=_age(health.seen_at, now),
        desktop_user=health.desktop_user,
        installs=[_install_out(install) for install in health.installs],
        load=_load_out(health),
        version=workstation.version,
        created_at=workstation.created_at,
        updated_at=workstation.updated_at,
    )


def system_info_out(workstation: Workstation, *, now: datetime) -> SystemInfoOut:
    """What the PC last said of itself."""
    health = workstation.health
    return SystemInfoOut(
        workstation_id=workstation.id,
        workstation_name=workstation.name,
        status=workstation.status,
        facts=None if health.facts is None else _facts_out(health.facts, health.facts_at),
        facts_at=health.facts_at,
        age_s=_age(health.facts_at, now),
        installs=[_install_out(install) for install in health.installs],
    )


def report_out(report: ConnectionReport) -> ConnectionReportOut:
    """A connection test."""
    return ConnectionReportOut(
        workstation_id=report.workstation_id,
        workstation_name=report.workstation_name,
        status=report.status,
        connected=report.connected,
        response_time_ms=report.response_time_ms,
        error_message=report.error_message,
        stages=[
            StageOut(
                name=stage.name,
                ok=stage.ok,
                took_s=stage.seconds,
                detail=stage.detail,
                code=stage.code,
                hint=stage.hint,
            )
            for stage in report.stages
        ],
    )


def emulator_out(placed: PlacedEmulator, *, now: datetime) -> EmulatorOut:
    """An emulator; what is not current is told as last known only."""
    emulator, seen_at = placed.emulator, placed.seen_at
    seen, screen = emulator.observed, emulator.screen
    return EmulatorOut(
        id=emulator.id,
        name=emulator.name,
        status=emulator.status,
        power=emulator.power,
        android=seen.android if emulator.current else None,
        adb=seen.adb if emulator.current else None,
        workstation_id=emulator.workstation_id,
        workstation_name=placed.workstation_name,
        site=placed.site,
        install=emulator.install,
        index=emulator.index,
        screen=None if screen is None else _screen_out(screen),
        cpu=emulator.cpu,
        memory_mib=emulator.memory_mib,
        adb_debug=emulator.adb_debug,
        tags=list(emulator.tags),
        notes=emulator.notes,
        protected=emulator.protected,
        current=emulator.current,
        seen_at=seen_at,
        age_s=(now - seen_at).total_seconds(),
        trouble=seen.trouble,
        last_known=LastKnownOut(power=seen.power, android=seen.android, adb=seen.adb),
        removed_at=emulator.removed_at,
        version=emulator.version,
        created_at=emulator.created_at,
        updated_at=emulator.updated_at,
    )


def config_out(placed: PlacedEmulator) -> EmulatorConfigOut:
    """What is known of its configuration, without asking its workstation."""
    emulator = placed.emulator
    screen = emulator.screen
    return EmulatorConfigOut(
        emulator_id=emulator.id,
        read=emulator.config_hash is not None,
        read_at=emulator.config_read_at,
        hash=emulator.config_hash,
        screen=None if screen is None else _screen_out(screen),
        cpu=emulator.cpu,
        memory_mib=emulator.memory_mib,
        adb_debug=emulator.adb_debug,
        device_ids=DeviceIdsOut(**asdict(emulator.marker)),
        current=emulator.current,
        seen_at=placed.seen_at,
    )


def operation_out(operation: Operation) -> OperationOut:
    """An operation; who holds it is nobody's business."""
    return OperationOut(
        id=operation.id,
        verb=operation.verb,
        status=operation.status,
        workstation_id=operation.workstation_id,
        emulator_id=operation.emulator_id,
        requested_by=operation.requested_by,
        source=operation.source,
        reason=operation.reason,
        waiting_for=operation.waiting_for,
        progress=operation.progress,
        message=operation.message,
        result=None if operation.result is None else dict(operation.result),
        failure=_failure(operation.failure),
        attempt=operation.attempt,
        tries=operation.tries,
        not_before=operation.not_before,
        expires_at=operation.expires_at,
        retry_of=operation.retry_of,
        batch_id=operation.batch_id,
        wave=operation.wave,
        timeout_s=operation.timeout,
        correlation_id=operation.correlation_id,
        created_at=operation.created_at,
        started_at=operation.started_at,
        finished_at=operation.finished_at,
    )


def stats_out(stats: Sequence[VerbStats]) -> StatsOut:
    """How operations go."""
    return StatsOut(
        items=[
            VerbStatsOut(
                verb=one.verb,
                counts={status: one.counts.get(status, 0) for status in OperationStatus},
                usual_s=one.usual_seconds,
            )
            for one in stats
        ]
    )


def step_out(step: Step) -> StepOut:
    """A step."""
    return StepOut(
        name=step.name,
        status=step.status,
        started_at=step.started_at,
        finished_at=step.finished_at,
        result=None if step.result is None else dict(step.result),
        failure=_failure(step.failure),
    )


def log_line_out(number: int, line: LogLine) -> LogLineOut:
    """A line of an operation's log."""
    return LogLineOut(number=number, at=line.at, event=line.event, fields=dict(line.fields))


def changes_out(batch: Sequence[tuple[str, Event]]) -> ChangesOut:
    """A batch of the change feed."""
    return ChangesOut(
        events=[
            EventOut(
                id=event_id,
                type=event.type,
                subject=event.subject,
                at=event.at,
                data=dict(event.data),
            )
            for event_id, event in batch
        ]
    )


def status_out(status: Status) -> StatusOut:
    """The server at a glance."""
    return StatusOut(
        version=status.version,
        schema_revision=status.schema,
        started_at=status.started_at,
        uptime=status.uptime,
        uptime_s=status.uptime_seconds,
        workstations=dict(status.workstations),
        emulators=dict(status.emulators),
        operations=dict(status.operations),
    )


def _screen_out(screen: Screen) -> ScreenOut:
    return ScreenOut(width=screen.width, height=screen.height, dpi=screen.dpi)


def _limits(limits: Limits) -> dict[str, Any]:
    given = LimitsIn(
        boots=limits.boots, disk=limits.disk, light=limits.light, boot_gap_s=limits.boot_gap
    )
    return given.model_dump()


def _load_out(health: Health) -> LoadNowOut | None:
    if health.facts is None or health.facts_at is None:
        return None
    facts = health.facts
    return LoadNowOut(
        at=health.facts_at,
        cpu_load=facts.cpu_load,
        memory=facts.memory,
        memory_free=facts.memory_free,
        disk_free=min((disk.free for disk in facts.disks), default=None),
    )


def _facts_out(facts: SystemFacts, at: datetime | None) -> FactsOut:
    booted, desktop = facts.booted_at, facts.desktop
    return FactsOut(
        computer_name=facts.computer_name,
        windows=facts.windows,
        build=facts.build,
        booted_at=booted,
        uptime_s=None if at is None else _age(booted, at),
        cpu=facts.cpu,
        cpu_cores=facts.cpu_cores,
        cpu_load=facts.cpu_load,
        memory=facts.memory,
        memory_free=facts.memory_free,
        disks=[DiskOut(**asdict(disk)) for disk in facts.disks],
        gpus=list(facts.gpus),
        desktop=None if desktop is None else DesktopOut(**asdict(desktop)),
        players=len(facts.players),
    )


def _install_out(install: Install) -> InstallOut:
    return InstallOut(**asdict(install))


def _hint(code: str | None) -> str | None:
    known = None if code is None else errors.catalogue().get(code)
    return None if known is None else known.hint


def _failure(dumped: Mapping[str, Any] | None) -> Failure | None:
    return None if dumped is None else failure_of(dumped)


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else (now - at).total_seconds()


def pictures(*formats: PictureFormat) -> dict[int | str, dict[str, Any]]:
    """An answer that is a picture, for OpenAPI."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {each.media_type: binary for each in formats}
    return {200: {"description": "The picture.", "content": content}}
