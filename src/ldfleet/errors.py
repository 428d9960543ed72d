"""Every way to fail: a kind (what the caller can do), a sentence (the docstring), and fields.

    FleetError
    ├── ConfigurationError ─ SettingInvalid, SettingsFileUnreadable
    ├── WorkstationError ─── WorkstationNotFound, WorkstationUnreachable, WorkstationUntrusted, …
    ├── EmulatorError ────── EmulatorNotFound, EmulatorWrongState, EmulatorDidNotBoot, …
    ├── OperationError ───── OperationNotFound, OperationFinished, OperationLost, …
    ├── ValidationError ──── ValidationFailed, FieldInvalid, PathUnknown, RequestTooLarge, …
    ├── AuthenticationError ─ TokenMissing, TokenInvalid, CredentialsWrong, PermissionDenied, …
    ├── DatabaseError ────── DatabaseUnreachable, DatabaseBusy, SchemaOutdated, RecordChanged
    ├── FileSystemError ──── FileForbidden, AppNotFound, AppRefused, …
    ├── NetworkError ─────── NameNotResolved, PortInUse, ServerUnreachable, …
    └── ResourceError ────── DiskFull, ShuttingDown

Only declared fields leave the process. Extra detail for the log goes into `add_note`.
"""

import string
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum, auto
from typing import Any, ClassVar, Self, dataclass_transform

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]
"""A value as JSON knows it."""


class Kind(StrEnum):
    """What the caller can do about a failure."""

    INVALID = auto()
    UNAUTHENTICATED = auto()
    DENIED = auto()
    NOT_FOUND = auto()
    CONFLICT = auto()
    LIMITED = auto()
    REMOTE = auto()
    UNAVAILABLE = auto()
    TIMED_OUT = auto()
    EXHAUSTED = auto()
    INTERNAL = auto()


_RESERVED = frozenset(
    {"type", "title", "status", "detail", "instance", "code", "hint"}
    | {"correlation_id", "retryable"}
)
_classes: dict[str, type["FleetError"]] = {}


def _snake(name: str) -> str:
    words = ("_" + c.lower() if c.isupper() and i else c for i, c in enumerate(name))
    return "".join(words).lower().replace("l_d_player", "ldplayer").replace("win_r_m", "winrm")


@dataclass_transform(kw_only_default=True)
@dataclass(kw_only=True, eq=False, repr=False)
class FleetError(Exception):
    """Something went wrong."""

    kind: ClassVar[Kind] = Kind.INTERNAL
    code: ClassVar[str] = "fleet_error"
    title: ClassVar[str] = "Fleet error"
    """The same words for every occurrence of this code."""
    hint: ClassVar[str | None] = None
    sentence: ClassVar[str] = ""

    def __init_subclass__(cls, *, kind: Kind | None = None, hint: str | None = None) -> None:
        super().__init_subclass__()
        if cls.__doc__ is None:
            raise TypeError(f"{cls.__name__} needs a docstring: it is the message (do not run -OO)")
        dataclass(kw_only=True, eq=False, repr=False)(cls)
        cls.kind = kind or cls.kind
        cls.hint = hint or cls.hint
        cls.code = _snake(cls.__name__)
        cls.title = cls.code.replace("_", " ").capitalize().replace("Ldplayer", "LDPlayer")
        cls.sentence = " ".join(cls.__doc__.split())
        declared = {field.name for field in fields(cls)}
        used = {name for _, name, _, _ in string.Formatter().parse(cls.sentence) if name}
        if unknown := used - declared:
            raise TypeError(f"{cls.__name__}: the message names unknown fields {sorted(unknown)}")
        if taken := declared & _RESERVED:
            raise TypeError(f"{cls.__name__}: the fields {sorted(taken)} belong to the problem")
        if cls.code in _classes:
            raise TypeError(f"two errors have the code {cls.code}")
        _classes[cls.code] = cls

    def __str__(self) -> str:
        return self.sentence.format_map(vars(self))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.values().items())
        return f"{type(self).__name__}({values})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.code, self.values())

    @property
    def correlation_id(self) -> str | None:
        """Finds the request in the server's log; None for what did not come from a server."""
        return vars(self).get("_correlation_id")

    def of_request(self, correlation_id: str) -> Self:
        """The failure, marked as the answer to a request."""
        vars(self)["_correlation_id"] = correlation_id
        return self

    def values(self) -> dict[str, Any]:
        """The declared fields, as they were given."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def dump(self) -> dict[str, Any]:
        """The failure as stored with an operation: `{code, …fields}`."""
        return {"code": self.code, **self.values()}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "FleetError":
        """The failure back from `dump`; a code of a newer version becomes `UnknownFailure`."""
        given = dict(dumped)
        code = str(given.pop("code", "unknown_failure"))
        known = _classes.get(code)
        if known is None or not _fits(known, given):
            return UnknownFailure(original=code)
        build: Callable[..., FleetError] = known
        return build(**given)


def _fits(error: type[FleetError], given: Mapping[str, Any]) -> bool:
    declared = {field.name: field for field in fields(error)}
    needed = {name for name, field in declared.items() if field.default is MISSING}
    return needed <= given.keys() <= declared.keys()


def _rebuild(code: str, values: dict[str, Any]) -> FleetError:
    return FleetError.load({"code": code, **values})


def catalogue() -> Mapping[str, type[FleetError]]:
    """All errors by code, groups included."""
    return dict(sorted(_classes.items()))


class InternalError(FleetError, kind=Kind.INTERNAL, hint="Report it with the correlation id."):
    """ldfleet made a mistake: the details are in the server's log."""


class UnknownFailure(FleetError, kind=Kind.INTERNAL, hint="Upgrade this ldfleet."):
    """The failure {original} comes from another version of ldfleet."""

    original: str


# Configuration


class ConfigurationError(FleetError, kind=Kind.INTERNAL):
    """The configuration is wrong."""


class SettingInvalid(
    ConfigurationError, hint="Correct the variable, or remove it for its default."
):
    """The setting {setting} is refused: {reason}."""

    setting: str
    reason: str


class PublicUrlNeeded(
    ConfigurationError,
    hint="Set LDFLEET_PUBLIC_URL, for the server and its workers, to where the PCs reach it.",
):
    """Workstation {workstation} can't fetch files: how it reaches this server is not known."""

    workstation: str


class SettingsFileUnreadable(ConfigurationError, hint="Check the file's place and rights."):
    """The settings file {path} can't be read: {reason}."""

    path: str
    reason: str


# Workstations


class WorkstationError(FleetError, kind=Kind.REMOTE):
    """Something is wrong with a workstation."""


class WorkstationNotFound(WorkstationError, kind=Kind.NOT_FOUND, hint="List the workstations."):
    """There is no workstation {workstation}."""

    workstation: str


class NeverExamined(
    WorkstationError, kind=Kind.NOT_FOUND, hint="Ask it: ldfleet doctor WORKSTATION."
):
    """Doctor was never on {workstation}."""

    workstation: str


class WorkstationNameTaken(WorkstationError, kind=Kind.CONFLICT, hint="Choose another name."):
    """Another workstation is called {name}."""

    name: str


class WorkstationInUse(
    WorkstationError, kind=Kind.CONFLICT, hint="Wait for its operations, or cancel them."
):
    """The workstation {workstation} has {operations} unfinished operations."""

    workstation: str
    operations: int


class CredentialsNeeded(
    WorkstationError,
    kind=Kind.INVALID,
    hint="Send them again in the same request (password, or client_certificate_pem and "
    "client_private_key_pem): whoever has them may say where they go.",
):
    """{field} is needed: the stored credentials of {workstation} don't go with a new {changed}."""

    field: str
    workstation: str
    changed: str


class WorkstationUnreachable(
    WorkstationError,
    kind=Kind.UNAVAILABLE,
    hint="Is the PC on, is WinRM listening, does its firewall let this server in?",
):
    """The workstation {workstation} can't be reached at {address}: {reason}."""

    workstation: str
    address: str
    reason: str


class WorkstationRefusedLogin(
    WorkstationError,
    hint="Correct the user or password. If the PC was at fault, test the connection: that tries "
    "the login once more, at most every 2 minutes. Nothing else does: repeated failures would "
    "lock the account.",
):
    """The workstation {workstation} refused the login of {user}."""

    workstation: str
    user: str


class LoginMethodUnsupported(
    WorkstationError, hint="Choose another method, or enable it: winrm/config/service/auth."
):
    """The workstation {workstation} does not take a login by {method}; it offers {offered}."""

    workstation: str
    method: str
    offered: str


class WorkstationUntrusted(
    WorkstationError,
    hint="At first contact: compare the fingerprint with the one that the PC shows, then send it "
    "as certificate_sha256 (--certificate-sha256), over SSH as host_key_sha256 "
    "(--host-key-sha256). If it was another one before: was it "
    "renewed on purpose? If not, someone else may be answering.",
):
    """The workstation {workstation} showed {fingerprint}, not the trusted certificate or key."""

    workstation: str
    fingerprint: str


class WorkstationDeniedAccess(
    WorkstationError, hint="Give the account the rights of docs/prepare-a-workstation.md."
):
    """The account on workstation {workstation} may not do this: {reason}."""

    workstation: str
    reason: str


class WorkstationBusy(
    WorkstationError, kind=Kind.LIMITED, hint="Close other remote sessions, or raise the quota."
):
    """The workstation {workstation} refuses more remote shells: {reason}."""

    workstation: str
    reason: str


class WorkstationSaidNonsense(
    WorkstationError, hint="Is this really a Windows PC's WinRM? See the log for the bytes."
):
    """The workstation {workstation} answered what can't be understood: {reason}."""

    workstation: str
    reason: str


class TransportUnsupported(
    WorkstationError,
    kind=Kind.INVALID,
    hint="Use winrm or ssh; local is for an ldfleet that runs on the Windows PC itself.",
):
    """This ldfleet can't reach workstations by {transport}."""

    transport: str


class PrivateKeyUnreadable(
    WorkstationError,
    kind=Kind.INVALID,
    hint="Send an unencrypted OpenSSH or PEM key, or its passphrase as the password.",
):
    """The private key can't be read: {reason}."""

    reason: str


class ShellUnsupported(
    WorkstationError,
    hint="Remove the value DefaultShell below HKLM\\SOFTWARE\\OpenSSH, or make it cmd.exe's path.",
):
    """The account's SSH shell on workstation {workstation} is not cmd.exe."""

    workstation: str


class CommandFailed(WorkstationError, hint="The operation's log has the whole output."):
    """{program} on workstation {workstation} failed with exit code {exit_code}: {output}."""

    workstation: str
    program: str
    exit_code: int
    output: str


class CommandTimedOut(
    WorkstationError, kind=Kind.TIMED_OUT, hint="Is the PC overloaded? Look at its desktop."
):
    """{program} on workstation {workstation} did not end within {seconds} s and was ended."""

    workstation: str
    program: str
    seconds: float


class OutcomeUnknown(
    WorkstationError, kind=Kind.UNAVAILABLE, hint="ldfleet looks at the PC to find out."
):
    """The connection to workstation {workstation} was lost while {program} ran: {reason}."""

    workstation: str
    program: str
    reason: str


class ArgumentRefused(WorkstationError, kind=Kind.INVALID, hint="Remove the character."):
    """An argument for the workstation holds {character}, which can't be passed safely."""

    character: str


class ProgramNotFound(
    WorkstationError, hint="Is it still installed at this place? Of LDPlayer: scan the PC."
):
    """There is no program {program} on workstation {workstation}."""

    workstation: str
    program: str


class PortForwardUnsupported(
    WorkstationError,
    hint="Reach the PC over SSH, with AllowTcpForwarding in its sshd_config; over WinRM ldfleet "
    "runs the PC's own adb.exe instead.",
):
    """The ports of workstation {workstation} can't be reached: {reason}."""

    workstation: str
    reason: str


class PortClosed(WorkstationError, hint="Start the program that should listen there."):
    """Nothing listens on port {port} of workstation {workstation}."""

    workstation: str
    port: int


class LDPlayerNotInstalled(
    WorkstationError, hint="Install LDPlayer, or set the workstation's LDPlayer path."
):
    """No LDPlayer was found on workstation {workstation}; looked at {looked_at}."""

    workstation: str
    looked_at: str


class LDPlayerSaidNonsense(
    WorkstationError,
    hint="The log has its bytes, by ldconsole.nonsense. Nothing known about the emulators was "
    "changed.",
):
    """ldconsole {command} on workstation {workstation} answered what can't be read: {reason}."""

    workstation: str
    command: str
    reason: str


class LDPlayerServiceWedged(
    WorkstationError,
    hint="When no other emulator runs there, end Ld9BoxSVC.exe; it starts again by itself.",
):
    """LDPlayer's VM service on workstation {workstation} starts nothing any more."""

    workstation: str


class GlobalSettingsNotKept(
    WorkstationError, hint="Is its settings window open? Close it, then set them again."
):
    """LDPlayer at {install} on workstation {workstation} did not keep: {settings}."""

    workstation: str
    install: str
    settings: str


class EmulatorsDidNotStop(
    WorkstationError,
    kind=Kind.TIMED_OUT,
    hint="Look at them one by one; end a dnplayer.exe only after 30 s.",
):
    """On workstation {workstation} {emulators} still ran {seconds} s after all were to quit."""

    workstation: str
    emulators: str
    seconds: float


class WorkstationLocked(
    WorkstationError,
    kind=Kind.CONFLICT,
    hint="Wait for that operation; if its server is gone, remove the PC's LDFleet\\lock.json.",
):
    """Operation {operation} holds the disks of workstation {workstation} until {until}."""

    workstation: str
    operation: str
    until: str


class EmulatorNotCreated(
    WorkstationError, hint="Look at LDPlayer's window on the PC and at its disk, then ask again."
):
    """No emulator was created on workstation {workstation}: {reason}."""

    workstation: str
    reason: str


class NoDesktopSession(
    WorkstationError,
    kind=Kind.CONFLICT,
    hint="Log on at the PC's console, or set up auto-logon; a disconnected RDP session must "
    "not be logged off.",
):
    """Nobody is logged on at workstation {workstation}: an emulator needs a desktop to start."""

    workstation: str


class DesktopTaskMissing(
    WorkstationError, kind=Kind.CONFLICT, hint="Prepare the PC: docs/prepare-a-workstation.md."
):
    r"""The scheduled task \LDFleet\Desktop is not registered on workstation {workstation}."""

    workstation: str


# Emulators


class EmulatorError(FleetError, kind=Kind.REMOTE):
    """Something is wrong with an emulator."""


class EmulatorNotFound(EmulatorError, kind=Kind.NOT_FOUND, hint="List the emulators."):
    """There is no emulator {emulator}."""

    emulator: str


class EmulatorWrongState(
    EmulatorError,
    kind=Kind.CONFLICT,
    hint="Quit it where it must be stopped (ldfleet emulators quit), launch it where it must run "
    "(ldfleet emulators launch); then ask again.",
):
    """The emulator {emulator} is {state}; {verb} needs it {needed}."""

    emulator: str
    verb: str
    state: str
    needed: str


class EmulatorBusy(
    EmulatorError,
    kind=Kind.CONFLICT,
    hint="Wait for that operation or cancel it, or ask with on_busy queue.",
):
    """The emulator {emulator} has a {verb} to do already ({operation})."""

    emulator: str
    verb: str
    operation: str


class EmulatorGone(EmulatorError, kind=Kind.CONFLICT, hint="Scan the workstation."):
    """The emulator {emulator} is no longer on its workstation, or another took its index."""

    emulator: str


class EmulatorDidNotStart(
    EmulatorError, kind=Kind.TIMED_OUT, hint="Look at the PC's desktop for a message of LDPlayer."
):
    """The emulator {emulator} showed no player process within {seconds} s of the launch."""

    emulator: str
    seconds: float


class EmulatorStuckStarting(
    EmulatorError,
    kind=Kind.TIMED_OUT,
    hint="Start fewer at once; if every start sticks, LDPlayer's VM service is wedged.",
):
    """The emulator {emulator} has a window but got no virtual machine within {seconds} s."""

    emulator: str
    seconds: float


class EmulatorIsZombie(
    EmulatorError, hint="Quit it; if it does not go, end its dnplayer.exe, then launch again."
):
    """The emulator {emulator} is called running but has no virtual machine."""

    emulator: str


class EmulatorAdbSilent(
    EmulatorError,
    kind=Kind.TIMED_OUT,
    hint="The guest hangs, or ADB is off for it: quit it, `ldfleet emulators modify EM --adb`, "
    "then launch it.",
):
    """The emulator {emulator} runs, but ADB did not reach its Android within {seconds} s."""

    emulator: str
    seconds: float


class EmulatorAdbOff(
    EmulatorError,
    kind=Kind.CONFLICT,
    hint="Quit it where it runs, switch ADB on (`ldfleet emulators modify EM --adb`), then "
    "launch it again.",
):
    """The emulator {emulator} has ADB switched off, so its Android can't be seen."""

    emulator: str


class EmulatorAdbRefused(
    EmulatorError,
    hint="Wait some seconds and ask again; if it stays so, restart the emulator. If it is said to "
    "be unauthorized, allow USB debugging on its screen.",
):
    """The workstation's ADB does not serve the emulator {emulator}: {reason}."""

    emulator: str
    reason: str


class EmulatorMistaken(
    EmulatorError,
    kind=Kind.CONFLICT,
    hint="Another emulator program may hold its port: end that, then restart the emulator. If its "
    "device ids were changed while it ran, restart it too.",
):
    """Another device answers ADB at {serial}, where the emulator {emulator} should."""

    emulator: str
    serial: str


class EmulatorSaidNonsense(
    EmulatorError, hint="Ask again; if it stays so, restart the emulator, and report it."
):
    """The Android of emulator {emulator} answered what can't be understood: {reason}."""

    emulator: str
    reason: str


class EmulatorDidNotBoot(
    EmulatorError, kind=Kind.TIMED_OUT, hint="Quit and launch it again; start fewer at once."
):
    """The Android of emulator {emulator} did not finish booting within {seconds} s."""

    emulator: str
    seconds: float


class EmulatorCrashed(EmulatorError, hint="Look into the emulator's VBox.log; launch again."):
    """The emulator {emulator} stopped by itself while it was being started."""

    emulator: str


class EmulatorDidNotStop(
    EmulatorError,
    kind=Kind.TIMED_OUT,
    hint="End its dnplayer.exe, but not before 30 s have passed.",
):
    """The emulator {emulator} was still there {seconds} s after quit."""

    emulator: str
    seconds: float


class EmulatorDidNotReboot(
    EmulatorError, kind=Kind.TIMED_OUT, hint="Quit it, then launch it again."
):
    """The emulator {emulator} still ran as before {seconds} s after it was asked to reboot."""

    emulator: str
    seconds: float


class EmulatorProtected(
    EmulatorError,
    kind=Kind.CONFLICT,
    hint="If it may really go, take its protection away first: "
    "ldfleet emulators edit EMULATOR --no-protect.",
):
    """The emulator {emulator} is protected from being removed."""

    emulator: str


class EmulatorNotRemoved(
    EmulatorError, hint="Close LDPlayer's windows on the PC, scan it, and remove what is left."
):
    """The emulator {emulator} was not removed: {reason}."""

    emulator: str
    reason: str


class SourceRunning(
    EmulatorError,
    kind=Kind.CONFLICT,
    hint="Quit it first, or have it stopped (stop_source, or clone --stop-source).",
):
    """The emulator {emulator} is not stopped, and LDPlayer copies only what is."""

    emulator: str


class CloneFailed(
    EmulatorError, hint="Is another copy under way, is the PC's disk full? Then ask again."
):
    """The emulator {emulator} was not cloned: {reason}."""

    emulator: str
    reason: str


class EmulatorSettingNotTaken(
    EmulatorError,
    hint="Quit the emulator, close LDPlayer's settings window on the PC, then set it again.",
):
    """LDPlayer did not take {setting} of emulator {emulator}: wanted {wanted}, it has {found}."""

    emulator: str
    setting: str
    wanted: str
    found: str


class BackupFailed(
    EmulatorError, hint="Look at the operation's log; quit the emulator, then retry."
):
    """The emulator {emulator} was not backed up to {file}: {reason}."""

    emulator: str
    file: str
    reason: str


class RestoreFailed(
    EmulatorError,
    hint="Do not launch it: restore again, or look at its settings and restore those.",
):
    """The emulator {emulator} was not restored from {file}: {reason}."""

    emulator: str
    file: str
    reason: str


class AppInstallFailed(
    EmulatorError, hint="Is the file whole, and made for this Android? Is there room inside?"
):
    """{app} was not installed on emulator {emulator}: {reason}."""

    emulator: str
    app: str
    reason: str


class AppsMissing(EmulatorError, hint="Mend what the reason says, then install them one by one."):
    """Emulator {emulator} was created, but {missing} of {wanted} apps are missing: {reason}."""

    emulator: str
    missing: int
    wanted: int
    reason: str


class AppNotInstalled(
    EmulatorError, kind=Kind.NOT_FOUND, hint="Install it first; pm list packages names what is."
):
    """The emulator {emulator} has no app {package}."""

    emulator: str
    package: str


class AppStayed(EmulatorError, hint="Apps of the system can't be removed, only disabled."):
    """The app {package} is still on emulator {emulator} {seconds} s after it was uninstalled."""

    emulator: str
    package: str
    seconds: float


class AppDidNotStart(
    EmulatorError,
    kind=Kind.TIMED_OUT,
    hint="Has it a screen to open? Look at the emulator, and at logcat.",
):
    """The app {package} had no process on emulator {emulator} {seconds} s after it was run."""

    emulator: str
    package: str
    seconds: float


class AppDidNotStop(
    EmulatorError, kind=Kind.TIMED_OUT, hint="It may start itself again: uninstall or disable it."
):
    """The app {package} still runs on emulator {emulator} {seconds} s after it was ended."""

    emulator: str
    package: str
    seconds: float


class PropertyNotSet(EmulatorError, hint="Does this LDPlayer know the key? Many are read-only."):
    """The property {key} of emulator {emulator} is {found}, not what was set."""

    emulator: str
    key: str
    found: str


class ConfigFileUnreadable(
    EmulatorError, hint="The file may be truncated: restore it from a backup, or save the settings."
):
    """The config file {path} on workstation {workstation} can't be read: {reason}."""

    workstation: str
    path: str
    reason: str


# Operations


class OperationError(FleetError, kind=Kind.INTERNAL):
    """Something is wrong with an operation."""


class OperationNotFound(OperationError, kind=Kind.NOT_FOUND, hint="List the operations."):
    """There is no operation {operation}."""

    operation: str


class OperationFinished(
    OperationError, kind=Kind.CONFLICT, hint="Look at how it ended: its steps and its log."
):
    """The operation {operation} is over ({outcome}); nothing is left to cancel."""

    operation: str
    outcome: str
    wanted: str


class OperationNotRetryable(
    OperationError, kind=Kind.CONFLICT, hint="Only what ended without success can be retried."
):
    """The operation {operation} is {state}: there is nothing to retry."""

    operation: str
    state: str


class OperationMoveIllegal(OperationError, hint="Report it: this is a mistake of ldfleet."):
    """The operation {operation} can't go from {from_status} to {to_status}."""

    operation: str
    from_status: str
    to_status: str


class OperationTimedOut(OperationError, kind=Kind.TIMED_OUT, hint="Look at the steps for where."):
    """The operation {operation} did not end within {seconds} s."""

    operation: str
    seconds: float


class OperationLost(OperationError, hint="Scan the workstation and look before you repeat it."):
    """What became of operation {operation} could not be found out: {reason}."""

    operation: str
    reason: str


class OperationExpired(
    OperationError, kind=Kind.TIMED_OUT, hint="Remove what it waited for, then retry it."
):
    """The operation {operation} expired in the queue, waiting for: {waiting_for}."""

    operation: str
    waiting_for: str


class IdempotencyKeyReused(
    OperationError, kind=Kind.INVALID, hint="Use a new Idempotency-Key for a new request."
):
    """The Idempotency-Key {key} was used for another request."""

    key: str


class BatchNotFound(OperationError, kind=Kind.NOT_FOUND, hint="List the batches."):
    """There is no batch {batch}."""

    batch: str


class BatchFinished(
    OperationError, kind=Kind.CONFLICT, hint="Retry it, or submit the rest as a new batch."
):
    """The batch {batch} is {outcome}: nothing of it will start any more."""

    batch: str
    outcome: str


class BatchUnfinished(
    OperationError, kind=Kind.CONFLICT, hint="Wait for its end, or cancel the rest first."
):
    """The batch {batch} is {state}: what failed can be retried once it is over."""

    batch: str
    state: str


class ProfileNotFound(OperationError, kind=Kind.NOT_FOUND, hint="List the profiles."):
    """There is no profile {profile}."""

    profile: str


class ProfileNameTaken(OperationError, kind=Kind.CONFLICT, hint="Choose another name."):
    """Another profile is called {name}."""

    name: str


class ViewNotFound(OperationError, kind=Kind.NOT_FOUND, hint="List the views."):
    """There is no view {view}."""

    view: str


class ViewNameTaken(OperationError, kind=Kind.CONFLICT, hint="Choose another name."):
    """You have another view of {page} called {name}."""

    name: str
    page: str


class ViewOfAnother(OperationError, kind=Kind.DENIED, hint="Save one of your own."):
    """The view {view} belongs to {owner}, who alone may change it."""

    view: str
    owner: str


class BackupNotFound(OperationError, kind=Kind.NOT_FOUND, hint="List the backups."):
    """There is no backup {backup}."""

    backup: str


class ProblemNotFound(OperationError, kind=Kind.NOT_FOUND, hint="List the problems."):
    """There is no problem {problem}."""

    problem: str


class ProblemEnded(OperationError, kind=Kind.CONFLICT, hint="Nothing is to be done any more."):
    """The problem {problem} is over."""

    problem: str


class ScheduleNotFound(OperationError, kind=Kind.NOT_FOUND, hint="List the schedules."):
    """There is no schedule {schedule}."""

    schedule: str


class ScheduleOwnerUnfit(
    OperationError,
    kind=Kind.DENIED,
    hint="A schedule acts in its owner's name, with the rights that one has now: give them back, "
    "or let somebody who has them set the schedule up anew.",
):
    """The schedule {schedule} can't act in the name of {owner}: {reason}."""

    schedule: str
    owner: str
    reason: str


class ScheduleNameTaken(OperationError, kind=Kind.CONFLICT, hint="Choose another name."):
    """Another schedule is called {name}."""

    name: str


class SiteNotFound(
    WorkstationError, kind=Kind.NOT_FOUND, hint="List the sites, or add it: ldfleet sites add."
):
    """There is no site {site}."""

    site: str


class SiteNameTaken(WorkstationError, kind=Kind.CONFLICT, hint="Choose another name."):
    """Another site is called {name}."""

    name: str


class SiteInUse(WorkstationError, kind=Kind.CONFLICT, hint="Give them another site first."):
    """The site {site} can't be removed: {workstations} workstations belong to it."""

    site: str
    workstations: int


class SiteNeeded(WorkstationError, kind=Kind.CONFLICT, hint="Leave it; it may stand empty."):
    """The site {site} can't be removed: workstations that nobody placed belong to it."""

    site: str


# Validation


class ValidationError(FleetError, kind=Kind.INVALID):
    """What was sent is wrong."""


class ValidationFailed(ValidationError, hint="Correct the fields and send it again."):
    """The request is not valid: {summary}."""

    summary: str
    errors: list[dict[str, str]]


class FieldInvalid(ValidationError, hint="Correct the field and send it again."):
    """The field {field} is refused: {reason}."""

    field: str
    reason: str


class FilterInvalid(ValidationError, hint="Correct that word: docs/reference/filters.md."):
    """The word {word} at character {place} of the filter is refused: {reason}. Fields: {known}."""

    word: str
    place: int
    reason: str
    known: str


class SortInvalid(ValidationError, hint="Name a field, with - before it to turn the order round."):
    """The sort by {word} is refused: {reason}. Fields: {known}."""

    word: str
    reason: str
    known: str


class VersionMissing(
    ValidationError,
    hint="Read it, and send its ETag as If-Match; If-Match: * changes whatever it is now.",
):
    """A change needs the header If-Match, so that it undoes nobody else's."""


class PathUnknown(
    ValidationError, kind=Kind.NOT_FOUND, hint="Are client and server of one version?"
):
    """There is nothing at {path}."""

    path: str


class MethodUnsupported(ValidationError, hint="See openapi.json for what it can."):
    """{path} can't {method}."""

    method: str
    path: str


class RequestTooLarge(ValidationError, hint="Send less at once."):
    """The request's body is over {limit} bytes."""

    limit: int


class SelectionEmpty(ValidationError, hint="Look what the ids or the filter match."):
    """Nothing is selected: {reason}."""

    reason: str


class SelectionTooLarge(ValidationError, hint="Split it into several batches."):
    """More than {limit} targets are selected, which is the most for one batch."""

    limit: int


# Authentication


class AuthenticationError(FleetError, kind=Kind.UNAUTHENTICATED):
    """Who asks is not known."""


class TokenMissing(
    AuthenticationError, hint="Sign in (ldfleet login), or send Authorization: Bearer <token>."
):
    """This needs a login or a token."""


class TokenInvalid(
    AuthenticationError, hint="Sign in again, or make a new token: ldfleet tokens create."
):
    """The token is not known, has expired, or is no longer its owner's to use."""


class TokenExpired(AuthenticationError, hint="Renew it: POST /api/auth/refresh."):
    """The access token has expired."""


class SessionEnded(AuthenticationError, hint="Sign in again."):
    """The session is over: {because}."""

    because: str


class RefreshTokenReused(
    AuthenticationError,
    hint="Sign in again. Two programs shared one login, or somebody copied it: if it was not you, "
    "change your password.",
):
    """The refresh token was used before, so its whole session was ended."""


class CredentialsWrong(AuthenticationError, hint="Check both; an admin can reset the password."):
    """The name or the password is wrong."""


class SetupTokenWrong(
    AuthenticationError, hint="It is printed by ldfleet serve as long as there is no account."
):
    """The setup token is not the one that was printed."""


class SetupFinished(AuthenticationError, kind=Kind.CONFLICT, hint="Sign in; an admin adds others."):
    """There are accounts already, so the first one can't be made again."""


class TooManyAttempts(
    AuthenticationError,
    kind=Kind.LIMITED,
    hint="Others are not held up by this: it counts by the address that the attempts came from.",
):
    """Too many failed attempts from this address; the next one counts in {retry_after_s} s."""

    retry_after_s: int


class RateLimited(
    AuthenticationError, kind=Kind.LIMITED, hint="Ask less often; batches do many things at once."
):
    """More than {limit} requests came at once; the next one is answered in {retry_after_s} s."""

    limit: int
    retry_after_s: int


class AccountDisabled(AuthenticationError, kind=Kind.DENIED, hint="Ask an admin to enable it."):
    """The account {name} is disabled."""

    name: str


class PasswordChangeNeeded(
    AuthenticationError, kind=Kind.DENIED, hint="Change it: ldfleet password."
):
    """The password has to be changed before anything else."""


class PasswordTooWeak(
    AuthenticationError, kind=Kind.INVALID, hint="Take several words, or have one generated."
):
    """The password is refused: {reason}."""

    reason: str


class CsrfTokenWrong(
    AuthenticationError,
    kind=Kind.DENIED,
    hint="Send the value of the cookie ldfleet_csrf in the header X-CSRF-Token.",
):
    """The request lacks the token that shows it comes from ldfleet's own page."""


class PermissionDenied(
    AuthenticationError, kind=Kind.DENIED, hint="Ask an admin for the role, or use another token."
):
    """This needs the role {needed}; {actor} has {role}."""

    actor: str
    role: str
    needed: str


class ScopeTooNarrow(
    AuthenticationError, kind=Kind.DENIED, hint="Ask somebody whose account has no scope."
):
    """This concerns more than the part of the farm that {actor} was given."""

    actor: str


class SessionNeeded(
    AuthenticationError, kind=Kind.DENIED, hint="Sign in with name and password: ldfleet login."
):
    """This needs a person's login; an API token is not enough."""


class UserNotFound(AuthenticationError, kind=Kind.NOT_FOUND, hint="List the users."):
    """There is no user {user}."""

    user: str


class UserNameTaken(AuthenticationError, kind=Kind.CONFLICT, hint="Choose another name."):
    """Another user is called {name}."""

    name: str


class LastAdmin(AuthenticationError, kind=Kind.CONFLICT, hint="Make another user an admin first."):
    """{name} is the last enabled admin, without whom nobody could manage users."""

    name: str


class SessionNotFound(AuthenticationError, kind=Kind.NOT_FOUND, hint="List your sessions."):
    """There is no session {session} of yours."""

    session: str


class ApiTokenNotFound(AuthenticationError, kind=Kind.NOT_FOUND, hint="List your tokens."):
    """There is no API token {token} of yours."""

    token: str


# Database


class DatabaseError(FleetError, kind=Kind.INTERNAL):
    """Something is wrong with the database."""


class DatabaseUnreachable(
    DatabaseError,
    kind=Kind.UNAVAILABLE,
    hint="Is it where LDFLEET_DATABASE_URL or LDFLEET_DATA_DIR says, and does it run? A command "
    "beside the server needs the server's settings.",
):
    """The database can't be reached: {reason}."""

    reason: str


class DatabaseFull(
    DatabaseUnreachable, hint="Free room on the disk that holds the database; it goes on then."
):
    """The database's disk is full, so nothing can be changed: {reason}."""


class DatabaseBusy(DatabaseError, kind=Kind.UNAVAILABLE, hint="Try again in a moment."):
    """The database is busy."""


class SchemaOutdated(DatabaseError, hint="Run ldfleet migrate."):
    """The database's schema is {found}, this ldfleet needs {needed}."""

    found: str
    needed: str


class SchemaTooNew(
    DatabaseError,
    hint="Run the version of ldfleet that migrated it, here too; nothing was changed.",
):
    """The schema {found} of the database needs a newer ldfleet.

    It has to know {needed}; this one knows {known}.
    """

    found: str
    needed: str
    known: str


class RecordChanged(
    DatabaseError, kind=Kind.CONFLICT, hint="Read it again, then repeat the change."
):
    """{record} was changed by someone else meanwhile."""

    record: str


class ServerAlreadyRunning(
    DatabaseError, kind=Kind.CONFLICT, hint="End the other process first, or use PostgreSQL."
):
    """Another ldfleet serves from this database: {path}."""

    path: str


class WorkersNeedPostgres(
    ConfigurationError, hint="Set LDFLEET_DATABASE_URL to postgresql://… for all processes."
):
    """A worker shares its database with others, so it has to be PostgreSQL."""


class BackupUnusable(
    DatabaseError, kind=Kind.INVALID, hint="Take another backup; this one was left as it is."
):
    """The file {path} can't be restored: {reason}."""

    path: str
    reason: str


class PostgresKeepsItself(
    ConfigurationError, hint="Use pg_dump and pg_restore, then ldfleet restore: docs/operations.md."
):
    """This ldfleet keeps its data in PostgreSQL, which is backed up by its own tools."""


class SecretUnreadable(
    DatabaseError, hint="Restore the vault's key file, or set the credentials again."
):
    """The stored credentials of {owner} can't be decrypted with the key at hand."""

    owner: str


class CursorInvalid(DatabaseError, kind=Kind.INVALID, hint="Start from the first page again."):
    """The cursor is not one that this list gave out."""


# File system


class FileSystemError(FleetError, kind=Kind.REMOTE):
    """Something is wrong with a file."""


class FileMissing(FileSystemError, kind=Kind.NOT_FOUND, hint="Check the path, as the PC sees it."):
    """There is no file {path} on workstation {workstation}."""

    workstation: str
    path: str


class BackupFileTaken(
    FileSystemError,
    kind=Kind.CONFLICT,
    hint="Name another file, or none: then each backup gets a file of its own.",
):
    """There is a file {path} on workstation {workstation} already; a backup overwrites nothing."""

    workstation: str
    path: str


class FileForbidden(FileSystemError, hint="Check the rights of the account on the folder."):
    """The file {path} on workstation {workstation} can't be used: {reason}."""

    workstation: str
    path: str
    reason: str


class FileTransferUnsupported(
    FileSystemError,
    kind=Kind.CONFLICT,
    hint="Reach the PC over SSH; over WinRM lay the file there by hand.",
):
    """Large files can't be sent to or fetched from workstation {workstation}: {reason}."""

    workstation: str
    reason: str


class FileTaken(
    FileSystemError, kind=Kind.CONFLICT, hint="Name another file, or move that one out of the way."
):
    """There is something at {path} already, and it is not replaced."""

    path: str


class AppNotFound(FileSystemError, kind=Kind.NOT_FOUND, hint="List the apps of the library."):
    """There is no app {app} in the library."""

    app: str


class AppRefused(
    FileSystemError,
    kind=Kind.INVALID,
    hint="Send an .apk, a split set (.apks, .apkm) or an .xapk, whole and as it was published.",
):
    """The file is no app that can be installed: {reason}."""

    reason: str


class AppTooLarge(
    FileSystemError,
    kind=Kind.INVALID,
    hint="Is it the right file? An admin can raise LDFLEET_APP_SIZE_LIMIT.",
):
    """The file has more than {limit} bytes."""

    limit: int


class AppUploadCut(FileSystemError, kind=Kind.INVALID, hint="Send the file again, to its end."):
    """The upload ended after {size} bytes, before the end of the file; nothing was kept."""

    size: int


class AppInUse(
    FileSystemError, kind=Kind.CONFLICT, hint="Wait for what installs it, or cancel that."
):
    """The app {app} is wanted by {operations} unfinished operations."""

    app: str
    operations: int


class AppLibraryFull(
    FileSystemError,
    kind=Kind.EXHAUSTED,
    hint="Remove apps, or have an admin raise LDFLEET_APP_LIBRARY_LIMIT or the disk's space.",
):
    """The app library has no room for the file: {reason}."""

    reason: str


class AppFileMissing(
    FileSystemError,
    kind=Kind.NOT_FOUND,
    hint="Is LDFLEET_APP_DIR the same folder for all servers? Else upload the file again.",
):
    """The file of the app {app} is not in the library's folder."""

    app: str


class AppTransferFailed(
    FileSystemError,
    hint="Can the PC open that address? Check LDFLEET_PUBLIC_URL, firewalls, and over HTTPS that "
    "the PC trusts the server's certificate.",
):
    """Workstation {workstation} could not fetch the app {app} from {url}: {reason}."""

    workstation: str
    app: str
    url: str
    reason: str


# Network


class NetworkError(FleetError, kind=Kind.UNAVAILABLE):
    """Something is wrong with the network."""


class NameNotResolved(NetworkError, hint="Check the spelling, or use the IP address."):
    """The name {host} is not known."""

    host: str


class PortInUse(NetworkError, kind=Kind.CONFLICT, hint="Choose another port, or end what has it."):
    """The port {port} is in use."""

    port: int


class ServerUnreachable(NetworkError, hint="Is ldfleet serve running, is LDFLEET_URL right?"):
    """The ldfleet server at {url} can't be reached: {reason}."""

    url: str
    reason: str


class ServerSaidNonsense(NetworkError, kind=Kind.REMOTE, hint="Is LDFLEET_URL an ldfleet server?"):
    """The server at {url} answered what can't be understood: {reason}."""

    url: str
    reason: str


# System and resources


class ResourceError(FleetError, kind=Kind.UNAVAILABLE):
    """A resource is short."""


class DiskFull(ResourceError, kind=Kind.EXHAUSTED, hint="Free space on the PC's disk."):
    """The disk of workstation {workstation} is full."""

    workstation: str


class NotEnoughDisk(
    ResourceError, kind=Kind.EXHAUSTED, hint="Free space there, or name a file on another drive."
):
    """Drive {drive} of workstation {workstation} has {free} bytes left; {needed} are needed."""

    workstation: str
    drive: str
    free: int
    needed: int


class ShuttingDown(ResourceError, hint="It comes back by itself; try again."):
    """The server is shutting down."""
