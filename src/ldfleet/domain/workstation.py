"""A Windows PC that runs emulators: how it is reached, its limits, how it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import Self

from ldfleet.domain.facts import Install, SystemFacts
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.verb import Lane


class WorkstationStatus(StrEnum):
    """One word for a workstation; `status_reason` says more."""

    ONLINE = auto()
    DEGRADED = auto()
    NO_DESKTOP = auto()
    """Reached, but nobody is logged on: nothing can be launched."""
    UNREACHABLE = auto()
    AUTH_FAILED = auto()
    """It refused the login; nothing is tried until the credentials are changed."""
    MAINTENANCE = auto()
    UNKNOWN = auto()
    """Never seen yet."""


class TransportKind(StrEnum):
    """How bytes reach a workstation."""

    WINRM = auto()
    SSH = auto()
    LOCAL = auto()


class LoginMethod(StrEnum):
    """How ldfleet proves who it is."""

    NEGOTIATE = auto()
    NTLM = auto()
    BASIC = auto()
    CERTIFICATE = auto()
    PASSWORD = auto()
    KEY = auto()
    NONE = auto()
    """On the server's own PC."""


LOGINS: Mapping[TransportKind, tuple[LoginMethod, ...]] = {
    TransportKind.WINRM: (
        LoginMethod.NEGOTIATE,
        LoginMethod.NTLM,
        LoginMethod.BASIC,
        LoginMethod.CERTIFICATE,
    ),
    TransportKind.SSH: (LoginMethod.PASSWORD, LoginMethod.KEY),
    TransportKind.LOCAL: (LoginMethod.NONE,),
}
"""The methods of each transport; the first is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where and how a workstation is reached; nothing secret.

    WinRM with TLS: trust is a pinned SHA-256 fingerprint (lower-case hex of the DER), else
    `ca_pem`, else the system's authorities. Without TLS every message is sealed.
    SSH: trust is a pinned host key and nothing else (`SHA256:` and base64, as ssh-keygen
    shows it).
    """

    host: str
    port: int
    transport: TransportKind = TransportKind.WINRM
    tls: bool = True
    login: LoginMethod = LoginMethod.NEGOTIATE
    username: str = ""
    certificate_sha256: str | None = None
    ca_pem: str | None = None
    host_key_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The secret half of a login; never shown, never logged."""

    password: str | None = field(default=None, repr=False)
    certificate_pem: str | None = field(default=None, repr=False)
    private_key_pem: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much at once (architecture.md 3)."""

    boots: int = 2
    disk: int = 1
    light: int = 4
    boot_gap: float = 5.0
    """Seconds between two boots (ldconsole.md 7: 5 to 12 in other tools)."""

    def of(self, lane: Lane) -> int:
        """How many places the lane has."""
        match lane:
            case Lane.BOOT:
                return self.boots
            case Lane.DISK:
                return self.disk
            case Lane.LIGHT:
                return self.light
            case Lane.SCAN:
                return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the workstation is, by observation. Only the collector writes it."""

    status: WorkstationStatus = WorkstationStatus.UNKNOWN
    reason: str | None = None
    failure: str | None = None
    """The code of the error behind `status`, from the catalogue."""
    misses: int = 0
    """Lost polls in a row: one is no alarm."""
    seen_at: datetime | None = None
    changed_at: datetime | None = None
    desktop_user: str | None = None
    facts: SystemFacts | None = None
    facts_at: datetime | None = None
    installs: tuple[Install, ...] = ()

    @property
    def reachable(self) -> bool:
        """Whether what is known of its emulators may be shown as current."""
        return self.status in {
            WorkstationStatus.ONLINE,
            WorkstationStatus.DEGRADED,
            WorkstationStatus.NO_DESKTOP,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Workstation:
    """A PC as people described it, and as it was last seen."""

    id: WorkstationId
    name: str
    address: Address
    ldplayer_path: str | None = None
    """Set by a person; None: found by itself."""
    tags: tuple[str, ...] = ()
    notes: str = ""
    limits: Limits = Limits()
    site: str = "default"
    """The LAN it stands in; workers serve sites."""
    maintenance: str | None = None
    """The reason while it is held back; None while it is not."""
    health: Health = Health()
    version: int = 1
    """Counts the changes by people; the ETag."""
    created_at: datetime
    updated_at: datetime

    @property
    def status(self) -> WorkstationStatus:
        """Maintenance covers what is observed; `health.status` still tells it."""
        return WorkstationStatus.MAINTENANCE if self.maintenance is not None else self.health.status

    def seen(self, health: Health) -> Self:
        """The workstation with a new observation."""
        return replace(self, health=health)


class StageName(StrEnum):
    """The rungs of a connection test, in order (product.md M2)."""

    DNS = auto()
    TCP = auto()
    TLS = auto()
    HOST_KEY = auto()
    LOGIN = auto()
    SHELL = auto()
    LDPLAYER = auto()
    DESKTOP = auto()
    DISK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One rung: passed, failed (an error's code, sentence, hint), or not reached (`ok` None)."""

    name: StageName
    ok: bool | None
    seconds: float = 0.0
    detail: str | None = None
    code: str | None = None
    hint: str | None = None
