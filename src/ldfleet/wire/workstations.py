"""Workstations: what people say of them, and what is known of them.

Types and sizes are checked here; the rules of each field are the services' (with their remedy).
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from ldfleet.domain.workstation import (
    LoginMethod,
    StageName,
    TransportKind,
    WorkstationStatus,
)
from ldfleet.wire.shapes import Input, ListFilter, Notes, Output, Reason, Tags

TLS_PORT = 5986
PLAIN_PORT = 5985
SSH_PORT = 22
NO_PORT = 0
"""Of the PC that ldfleet runs on."""


Name = Annotated[str, Field(min_length=1, max_length=100)]
Host = Annotated[str, Field(min_length=1, max_length=253)]
Port = Annotated[int, Field(ge=1, le=65535)]
Username = Annotated[str, Field(max_length=256)]
Password = Annotated[SecretStr, Field(max_length=1024)]
SecretPem = Annotated[SecretStr, Field(max_length=65536)]
Pem = Annotated[str, Field(max_length=65536)]
Folder = Annotated[str, Field(min_length=1, max_length=400)]
Fingerprint = Annotated[
    str, Field(max_length=100, description="SHA-256 of the certificate, colons allowed.")
]
HostKey = Annotated[
    str,
    Field(max_length=100, description="The SSH host key's fingerprint, as ssh-keygen -lf shows."),
]
Site = Annotated[
    str,
    Field(min_length=1, max_length=32, description="The LAN it stands in; workers serve sites."),
]
Parallel = Annotated[int, Field(ge=1, le=64)]
Gap = Annotated[float, Field(ge=0, le=3600)]


class LimitsIn(Input):
    """How much at once."""

    boots: Parallel = 2
    disk: Parallel = 1
    light: Parallel = 4
    boot_gap_s: Gap = 5.0


class WorkstationIn(Input):
    """A PC as a person describes it. Secrets go in and never come out."""

    name: Name
    host: Host
    port: Annotated[
        Port | None,
        Field(
            description=f"Default: {TLS_PORT} with TLS, {PLAIN_PORT} without, {SSH_PORT} over SSH."
        ),
    ] = None
    transport: TransportKind = TransportKind.WINRM
    tls: Annotated[bool, Field(description="Of WinRM; it means nothing elsewhere.")] = True
    login: Annotated[
        LoginMethod | None,
        Field(
            description="Default: negotiate over WinRM; over SSH key where a private key is "
            "sent, else password."
        ),
    ] = None
    username: Username = ""
    password: Password | None = None
    client_certificate_pem: SecretPem | None = None
    client_private_key_pem: SecretPem | None = None
    certificate_sha256: Fingerprint | None = None
    ca_pem: Pem | None = None
    host_key_sha256: HostKey | None = None
    ldplayer_path: Folder | None = None
    tags: Tags = ()
    notes: Notes = ""
    site: Site = "default"
    limits: LimitsIn = LimitsIn()


class LimitsPatch(Input):
    """The limits to change."""

    boots: Parallel | None = None
    disk: Parallel | None = None
    light: Parallel | None = None
    boot_gap_s: Gap | None = None


class WorkstationPatch(Input):
    """A JSON merge patch (RFC 7396): only what is named changes, null goes back to the default.

    Naming one of the secrets replaces all of them. A change of where or how the login is sent
    (host, port, transport, tls, login, username, what is trusted) needs them in the same request.
    """

    name: Name | None = None
    host: Host | None = None
    port: Port | None = None
    transport: TransportKind | None = None
    tls: bool | None = None
    login: LoginMethod | None = None
    username: Username | None = None
    password: Password | None = None
    client_certificate_pem: SecretPem | None = None
    client_private_key_pem: SecretPem | None = None
    certificate_sha256: Fingerprint | None = None
    ca_pem: Pem | None = None
    host_key_sha256: HostKey | None = None
    ldplayer_path: Folder | None = None
    tags: Tags | None = None
    notes: Notes | None = None
    site: Site | None = None
    limits: LimitsPatch | None = None


class WorkstationFilter(ListFilter):
    """Which workstations; every given condition holds."""

    status: WorkstationStatus | None = None


class MaintenanceIn(Input):
    """Why a workstation is held back."""

    reason: Reason


class LimitsOut(Output):
    """How much at once."""

    boots: int
    disk: int
    light: int
    boot_gap_s: float


class InstallOut(Output):
    """An LDPlayer on a workstation."""

    path: str
    generation: int
    version: str | None
    data_path: str


class LoadNowOut(Output):
    """How loaded it was when it was last asked; sizes in bytes, null where Windows did not say."""

    at: datetime
    cpu_load: int | None
    """Per cent over all cores."""
    memory: int
    memory_free: int
    disk_free: int | None
    """Of the drive with the least of it."""


class WorkstationOut(Output):
    """A PC as described, and how it was last seen."""

    id: str
    name: str
    host: str
    port: int
    transport: TransportKind
    tls: bool
    login: LoginMethod
    username: str
    certificate_sha256: str | None
    ca_pem: str | None
    host_key_sha256: str | None
    ldplayer_path: str | None
    tags: list[str]
    notes: str
    site: str
    limits: LimitsOut
    maintenance: str | None
    status: WorkstationStatus
    status_reason: str | None
    failure: str | None
    """The code of the error behind `status`."""
    failure_hint: str | None
    """What to do about it."""
    seen_at: datetime | None
    changed_at: datetime | None
    age_s: float | None
    """Seconds since it was last seen."""
    desktop_user: str | None
    installs: list[InstallOut]
    load: LoadNowOut | None
    """Null until it was asked once."""
    version: int
    created_at: datetime
    updated_at: datetime


class DiskOut(Output):
    """A fixed drive; sizes in bytes."""

    letter: str
    size: int
    free: int


class DesktopOut(Output):
    """The interactive logon that emulators start in."""

    session_id: int
    user: str | None


class FactsOut(Output):
    """One look at the PC; memory in bytes, load in per cent over all cores."""

    computer_name: str
    windows: str
    build: str
    booted_at: datetime | None
    uptime_s: float | None
    cpu: str
    cpu_cores: int
    cpu_load: int | None
    memory: int
    memory_free: int
    disks: list[DiskOut]
    gpus: list[str]
    desktop: DesktopOut | None
    players: int
    """Running emulator windows."""


class SystemInfoOut(Output):
    """What a workstation says of itself; `facts` is null until it was asked once."""

    workstation_id: str
    workstation_name: str
    status: WorkstationStatus
    facts: FactsOut | None
    facts_at: datetime | None
    age_s: float | None
    installs: list[InstallOut]


class StageOut(Output):
    """One rung of a connection test: passed, failed, or not reached (`ok` is null)."""

    name: StageName
    ok: bool | None
    took_s: float
    detail: str | None
    code: str | None
    hint: str | None


class ConnectionReportOut(Output):
    """A staged connection test (product.md M2)."""

    workstation_id: str | None
    workstation_name: str
    status: Literal["online", "offline", "error"]
    connected: bool
    response_time_ms: float
    error_message: str | None
    stages: list[StageOut]
