"""What the application needs of the outside.

The promises stand in the docstrings; `tests/contracts` holds every adapter to them.
"""

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypedDict, TypeVar, Unpack

from ldfleet.domain.account import ApiToken, Ending, Session, User
from ldfleet.domain.actor import Actor, Scope
from ldfleet.domain.app import AppFacts, Installation, LibraryApp, PlacedInstallation
from ldfleet.domain.attempts import Failures
from ldfleet.domain.audit import AuditEntry, AuditResult
from ldfleet.domain.backup import Backup
from ldfleet.domain.batch import Batch, BatchStatus, Counts
from ldfleet.domain.checkup import Checkup
from ldfleet.domain.emulator import Emulator, EmulatorStatus, PlacedEmulator
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.facts import FileStat, SystemFacts
from ldfleet.domain.filter import EVERYTHING, Filter
from ldfleet.domain.ids import (
    ApiTokenId,
    AppId,
    BatchId,
    EmulatorId,
    OperationId,
    ProfileId,
    ScheduleId,
    SessionId,
    UserId,
    ViewId,
    WorkstationId,
)
from ldfleet.domain.load import Load
from ldfleet.domain.operation import LogLine, Operation, OperationStatus, Step
from ldfleet.domain.preparation import Preparation
from ldfleet.domain.problem import Look, Problem, ProblemKind, Turn
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.profile import Profile
from ldfleet.domain.schedule import LastRun, Pause, Schedule
from ldfleet.domain.site import Site
from ldfleet.domain.sort import Sort
from ldfleet.domain.verb import Lane, Verb
from ldfleet.domain.view import View, ViewPage
from ldfleet.domain.workstation import (
    Credentials,
    Health,
    Stage,
    TransportKind,
    Workstation,
    WorkstationStatus,
)
from ldfleet.ldplayer.android import Question

T = TypeVar("T")

# Time and chance


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        ...


NewId = Callable[[str], str]
"""A new id with the given prefix: `new_id("op")`."""


# Reaching a workstation


class Stream(Protocol):
    """A TCP connection to a port of a workstation."""

    async def read(self, limit: int) -> bytes:
        """Some bytes; none once the other side has ended it. Raises WorkstationUnreachable."""
        ...

    async def write(self, data: bytes) -> None:
        """Send them; comes back once the other side takes more. Raises WorkstationUnreachable."""
        ...


class Transport(Protocol):
    """Carries bytes to and from one workstation; knows nothing of LDPlayer.

    Every method raises the errors of its adapter's table, all of `ldfleet.errors`:
    WorkstationUnreachable, WorkstationRefusedLogin, WorkstationUntrusted, WorkstationBusy,
    WorkstationDeniedAccess, WorkstationSaidNonsense (nothing was done), OutcomeUnknown (the
    link was lost after the request had left: look before you repeat).
    """

    async def run(
        self,
        argv: Sequence[str],
        *,
        deadline: float,
        desktop: bool = False,
        key: str | None = None,
        stdin: bytes = b"",
        output_bytes: int = 1 << 20,
    ) -> ProcessResult:
        """Run a program to its end; a non-zero exit code is a result, not an error.

        With `desktop` it runs on the logged-on user's desktop. `key` names that job: the same
        key is never run twice, a repeated call answers the first run's result. Cancelling
        the call, or its deadline, ends the remote program. At most `output_bytes` of its output
        are kept, and 1 MiB of a desktop job's. `stdin` is its whole input, of up to 64 KiB, which
        a desktop job has none of; it is shown nowhere, so that secrets go this way.

        Raises:
            ArgumentRefused: an argument can't be passed safely (architecture.md 5).
            ProgramNotFound: there is no such program; nothing ran.
            CommandTimedOut: it had not ended after `deadline` seconds and was ended.
            NoDesktopSession, DesktopTaskMissing: with `desktop`; nothing ran.
        """
        ...

    async def read_files(self, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """The files' bytes, in one round trip; None for one that does not exist.

        Raises:
            FileForbidden: one of them is there and can't be read.
        """
        ...

    async def write_file(self, path: str, content: bytes) -> None:
        """Replace the file in one step; missing folders are made.

        Raises:
            FileForbidden: it can't be written.
            DiskFull: there is no room; the old file stays.
        """
        ...

    async def send_file(self, path: str, pieces: AsyncIterable[bytes]) -> None:
        """Write a file of any size; it replaces another once all of it is there.

        Raises:
            FileTransferUnsupported: there is no way but through the PC itself.
            FileForbidden: it can't be written, or there is no room; the old file stays.
        """
        ...

    def fetch_file(self, path: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The bytes of a file of any size, in pieces.

        Raises:
            FileTransferUnsupported: there is no way but through the PC itself.
            FileMissing: there is none.
            FileForbidden: it is there and can't be read.
        """
        ...

    async def exists(self, paths: Sequence[str]) -> frozenset[str]:
        """Those of the paths that exist, files or folders, in one round trip."""
        ...

    async def stat(self, paths: Sequence[str]) -> Mapping[str, FileStat | None]:
        """Size and time of files and folders, in one round trip; None for what is not there."""
        ...

    async def checksum(self, path: str) -> str | None:
        """A file's SHA-256 in hex, found there: minutes for gigabytes. None: there is none.

        Raises:
            FileForbidden: it is there and can't be read.
        """
        ...

    async def remove_files(self, paths: Sequence[str]) -> frozenset[str]:
        """Remove files, and folders with all that is in them; those that were there.

        Raises:
            FileForbidden: one of them can't be removed; others may be gone.
        """
        ...

    async def query(self) -> SystemFacts:
        """System facts."""
        ...

    def forward(self, port: int) -> AbstractAsyncContextManager[Stream]:
        """A connection to a TCP port of the workstation's own loopback.

        Raises:
            PortForwardUnsupported: there is no such way to it; programs can be run there.
            PortClosed: nothing listens there.
        """
        ...


class Connector(Protocol):
    """Gives transports; keeps connections and remote shells between uses."""

    @property
    def kinds(self) -> Collection[TransportKind]:
        """The ways it knows."""
        ...

    def connect(
        self, workstation: Workstation, credentials: Credentials
    ) -> AbstractAsyncContextManager[Transport]:
        """A transport for a while. Opening it does not touch the network; the first use does.

        Sessions are kept by workstation id, address and credentials: a change of these
        opens new ones.
        """
        ...

    async def test(self, workstation: Workstation, credentials: Credentials) -> Sequence[Stage]:
        """The rungs DNS, TCP (5 s), TLS, login, shell, on fresh connections.

        Never raises for what it is there to find out: the first failed rung says it, later
        ones have `ok` None. TLS is left out for plain HTTP.
        """
        ...

    async def forget(self, workstation_id: WorkstationId) -> None:
        """Close what is kept for a workstation."""
        ...


class Survey(Protocol):
    """Looks at what LDPlayer needs on a workstation."""

    async def __call__(self, workstation: Workstation, transport: Transport) -> Sequence[Stage]:
        """The rungs LDPlayer (found, version), desktop session and disk; never raises for them."""
        ...


class Devices(Protocol):
    """Asks the running Android of an emulator, within seconds and outside of any operation."""

    async def ask(
        self,
        workstation: Workstation,
        credentials: Credentials,
        emulator: Emulator,
        question: Question[T],
    ) -> T:
        """What it answers now.

        Raises:
            EmulatorAdbRefused: the workstation's ADB does not serve it.
            EmulatorAdbSilent: no answer came in time.
            EmulatorMistaken: another device answers in its place.
            EmulatorSaidNonsense: the answer can't be read; and what the transport raises.
        """
        ...


class PreparationScript(Protocol):
    """Writes the script that prepares a PC, or its undo."""

    def __call__(self, order: Preparation) -> str:
        """Its text, ASCII. Raises FieldInvalid for what could be more than a word in it."""
        ...


# Keeping


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A piece of a list in a stable order; `next_cursor` is None at its end."""

    items: Sequence[T]
    next_cursor: str | None = None
    total: int | None = None
    """How many there are on all pages, where that was asked for."""


class Listed(TypedDict, total=False):
    """Which of a list, in which order, and how much of it; a cursor fits the same list alone."""

    matching: Filter
    sort: Sort
    cursor: str | None
    limit: int
    """50 unless it is said."""
    count: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorQuery:
    """Which emulators; every given condition holds. Removed ones only if asked for."""

    workstation_id: WorkstationId | None = None
    status: EmulatorStatus | None = None
    name: str | None = None
    """A part of the name, case ignored."""
    removed: bool = False
    matching: Filter = EVERYTHING
    sort: Sort = ()
    scope: Scope | None = None
    """Only what is in it; None: the whole farm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkstationQuery:
    """Which workstations; every given condition holds."""

    status: WorkstationStatus | None = None
    matching: Filter = EVERYTHING
    sort: Sort = ()
    scope: Scope | None = None


EVERY_WORKSTATION = WorkstationQuery()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationQuery:
    """Which operations; every given condition holds."""

    workstation_id: WorkstationId | None = None
    emulator_id: EmulatorId | None = None
    batch_id: BatchId | None = None
    status: OperationStatus | None = None
    verb: Verb | None = None
    unfinished: bool = False
    matching: Filter = EVERYTHING
    sort: Sort = ()
    scope: Scope | None = None


class Workstations(Protocol):
    """The workstations on record."""

    async def get(self, workstation_id: str) -> Workstation:
        """Raises WorkstationNotFound."""
        ...

    async def list(
        self,
        query: WorkstationQuery = EVERY_WORKSTATION,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[Workstation]:
        """By name, then id, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def every(self) -> Sequence[Workstation]:
        """All of them, by name."""
        ...

    async def some(self, ids: Sequence[WorkstationId]) -> Mapping[WorkstationId, Workstation]:
        """Those of the ids that are on record; at most 500 at once."""
        ...

    async def sites(self, ids: Collection[WorkstationId]) -> Mapping[WorkstationId, str]:
        """The site of each of them that is there."""
        ...

    async def add(self, workstation: Workstation) -> None:
        """Raises WorkstationNameTaken."""
        ...

    async def change(self, workstation: Workstation, *, expected_version: int) -> Workstation:
        """Write what people set (not `health`), with version + 1.

        Raises:
            WorkstationNameTaken: another one has the name.
            RecordChanged: its version is no longer `expected_version`.
        """
        ...

    async def observe(self, workstation_id: WorkstationId, health: Health) -> None:
        """Write what was seen; touches nothing that people set. Raises WorkstationNotFound."""
        ...

    async def remove(self, workstation_id: WorkstationId) -> None:
        """Remove it with its emulators, operations and credentials."""
        ...


class Sites(Protocol):
    """The sites on record, by name."""

    async def get(self, name: str, *, lock: bool = False) -> Site:
        """With `lock` nobody else changes or removes it in this transaction.

        Raises SiteNotFound.
        """
        ...

    async def list(
        self,
        *,
        among: Collection[str] | None = None,
        **how: Unpack[Listed],
    ) -> Page[Site]:
        """By name unless a sort is asked for; only those named, if any are.

        Raises CursorInvalid.
        """
        ...

    async def add(self, site: Site) -> None:
        """Raises SiteNameTaken."""
        ...

    async def put(self, site: Site) -> None:
        """Write its notes."""
        ...

    async def remove(self, name: str) -> None:
        """Take it off record; where no workstation belongs to it, nothing misses it."""
        ...

    async def crowds(self, names: Sequence[str]) -> Mapping[str, int]:
        """How many workstations belong to each of them, zeros too."""
        ...


class Secrets(Protocol):
    """Credentials, encrypted with a key that is kept outside the database."""

    async def put(self, workstation_id: WorkstationId, credentials: Credentials) -> None:
        """Replace them."""
        ...

    async def get(self, workstation_id: WorkstationId) -> Credentials:
        """Empty credentials where none were put. Raises SecretUnreadable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetColumns:
    """Facts by name, each a list in the same order; times are seconds since 1970."""

    emulators: Mapping[str, Sequence[Any]]
    workstations: Mapping[str, Sequence[Any]]


class Emulators(Protocol):
    """The emulators on record, removed ones too."""

    async def get(self, emulator_id: str) -> Emulator:
        """Raises EmulatorNotFound."""
        ...

    async def some(self, ids: Sequence[EmulatorId]) -> Mapping[EmulatorId, Emulator]:
        """Those of the ids that are on record; at most 500 at once."""
        ...

    async def list(
        self,
        query: EmulatorQuery,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[PlacedEmulator]:
        """By workstation name, install, index, id, unless a sort is asked for.

        Raises CursorInvalid: the cursor is of another query.
        """
        ...

    async def placed(self, emulator_id: str) -> PlacedEmulator:
        """Raises EmulatorNotFound."""
        ...

    async def columns(self, scope: Scope | None) -> FleetColumns:
        """All that are not removed and lie in the scope, with their workstations; in any order."""
        ...

    async def of_workstation(self, workstation_id: WorkstationId) -> Sequence[Emulator]:
        """All that are not removed, by install and index."""
        ...

    async def put(self, emulators: Sequence[Emulator]) -> None:
        """Add, or replace all but what people set (the collector's and the workflows' way).

        Raises:
            WorkstationNotFound: their workstation was removed meanwhile.
            RecordChanged: another emulator that is not removed has the index.
        """
        ...

    async def change(self, emulator: Emulator, *, expected_version: int) -> Emulator:
        """Write tags, notes, protected, with version + 1. Raises RecordChanged."""
        ...

    async def set_current(self, workstation_id: WorkstationId, *, current: bool) -> None:
        """Mark all of a workstation's emulators as known now, or as last known."""
        ...

    async def counts(self, scope: Scope | None = None) -> Mapping[EmulatorStatus, int]:
        """How many there are of each status, zeros too; removed ones left out."""
        ...


class Operations(Protocol):
    """The operations on record: the product's record and the queue's truth."""

    async def get(self, operation_id: str) -> Operation:
        """Raises OperationNotFound."""
        ...

    async def hold(self, ids: Sequence[OperationId]) -> Mapping[OperationId, Operation]:
        """Those of them there are; nobody else changes them until this unit ends."""
        ...

    async def list(
        self,
        query: OperationQuery,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[Operation]:
        """Newest first, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def add(self, operation: Operation) -> None:
        """Write a queued operation, and wake the queue with the commit.

        Raises WorkstationNotFound: its workstation or emulator was removed meanwhile.
        """
        ...

    async def add_many(self, many: Sequence[Operation]) -> None:
        """Write operations of a batch in any status, and wake the queue with the commit.

        Raises WorkstationNotFound: a workstation or emulator was removed meanwhile.
        """
        ...

    async def find_twin(self, operation: Operation) -> Operation | None:
        """A queued operation with the same verb, target and params: it is merged with that."""
        ...

    async def unfinished_of(self, emulator_id: EmulatorId) -> Sequence[Operation]:
        """Queued and active operations of an emulator, oldest first."""
        ...

    async def unfinished_of_some(
        self, ids: Sequence[EmulatorId]
    ) -> Mapping[EmulatorId, Sequence[Operation]]:
        """The same for many emulators, at most 500 at once; one without any is left out."""
        ...

    async def usual_seconds(self, verb: Verb) -> float | None:
        """How long the verb takes: the median of its latest successes. None: it had none."""
        ...

    async def oldest_queued(self) -> datetime | None:
        """When the one was asked for that waits longest and may start now."""
        ...

    async def places_taken(self) -> Mapping[WorkstationId, Mapping[Lane, int]]:
        """How many places of each lane are held, where any is."""
        ...

    async def count_unfinished(self, workstation_id: WorkstationId) -> int:
        """How many of its operations are queued or active."""
        ...

    async def overdue(self, *, now: datetime, away: timedelta, limit: int) -> Sequence[Operation]:
        """Queued ones past their `expires_at`, or that waited too long for their workstation.

        That is for `away`, all of it unreachable, refusing the login or in maintenance.
        """
        ...

    async def put(self, operation: Operation) -> None:
        """Write a new state of it; ending it, or putting it back, frees its slots at once.

        Refused unless the row still has the same token and may become that. Who holds it and
        until when is Admission's to write.

        Raises:
            RecordChanged: the row was admitted again meanwhile, was asked to stop, or has ended.
        """
        ...

    async def put_many(self, many: Sequence[Operation]) -> None:
        """`put` of several operations, each under its own token, and all of them or none.

        Raises:
            RecordChanged: one of them was refused.
        """
        ...

    async def put_steps(self, steps: Sequence[Step]) -> None:
        """Add the steps, or replace those of their names."""
        ...

    async def steps(self, operation_id: OperationId) -> Sequence[Step]:
        """By start."""
        ...

    async def log(self, lines: Sequence[LogLine]) -> None:
        """Append to the operation's log."""
        ...

    async def log_of(
        self, operation_id: OperationId, *, after: int = 0, limit: int = 500
    ) -> Sequence[tuple[int, LogLine]]:
        """Its log lines with their numbers, from the first after `after`."""
        ...

    async def tally(
        self, scope: Scope | None = None
    ) -> Mapping[Verb, Mapping[OperationStatus, int]]:
        """How many there are of each verb and status; only what there is."""
        ...

    async def count_old(self, before: datetime) -> int:
        """How many `prune` would remove in the end."""
        ...

    async def prune(self, before: datetime, *, limit: int) -> "Pruned":
        """Remove some of what ended before then, with its log and steps: `limit` rows at most.

        An operation of a batch that is under way stays. No rows: there is nothing more.
        """
        ...

    async def counts(self, scope: Scope | None = None) -> Mapping[OperationStatus, int]:
        """How many there are of each status, zeros too."""
        ...


class Batches(Protocol):
    """The batches on record, and what moves all of a batch's operations at once."""

    async def get(self, batch_id: str, *, lock: bool = False) -> Batch:
        """With `lock` nobody else changes it in this transaction. Raises BatchNotFound."""
        ...

    async def list(
        self,
        *,
        status: BatchStatus | None = None,
        scope: Scope | None = None,
        **how: Unpack[Listed],
    ) -> Page[Batch]:
        """Newest first, unless a sort is asked for.

        Only those all of whose targets are in the scope.
        Raises CursorInvalid.
        """
        ...

    async def among(self, batch_ids: Sequence[str], scope: Scope) -> frozenset[BatchId]:
        """Those of them all of whose targets are in the scope."""
        ...

    async def unfinished(self) -> Sequence[BatchId]:
        """All that are not over, oldest first."""
        ...

    async def add(self, batch: Batch) -> None:
        """Write it; its operations are added by `Operations.add_many`."""
        ...

    async def put(self, batch: Batch) -> None:
        """Write a new state of it."""
        ...

    async def counts(self, batch_ids: Sequence[BatchId]) -> Mapping[BatchId, Counts]:
        """How its operations are, for each of the batches."""
        ...

    async def hold(self, batch_id: BatchId, why: str) -> None:
        """Keep all of its queued operations from being admitted; `why` is what they wait for."""
        ...

    async def release(self, batch_id: BatchId, *, upto: int) -> None:
        """Let the queued operations of the waves up to this one be admitted."""
        ...

    async def at_large(self, batch_id: BatchId) -> bool:
        """Whether any of its queued operations may be admitted."""
        ...

    async def cancel_queued(self, batch_id: BatchId, *, at: datetime) -> None:
        """Cancel all that have not started."""
        ...

    async def prune(self, before: datetime, *, limit: int) -> int:
        """Remove some that ended before then and have no operations any more; gives how many."""
        ...


class Profiles(Protocol):
    """The profiles on record."""

    async def get(self, profile_id: str) -> Profile:
        """Raises ProfileNotFound."""
        ...

    async def list(self, **how: Unpack[Listed]) -> Page[Profile]:
        """By name, then id, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def add(self, profile: Profile) -> None:
        """Raises ProfileNameTaken."""
        ...

    async def change(self, profile: Profile, *, expected_version: int) -> Profile:
        """Write it with version + 1.

        Raises:
            ProfileNameTaken: another one has the name.
            RecordChanged: its version is no longer `expected_version`.
        """
        ...

    async def remove(self, profile_id: ProfileId) -> None:
        """What was made from it stays."""
        ...


class Views(Protocol):
    """What people saved of lists."""

    async def get(self, view_id: str) -> View:
        """Raises ViewNotFound."""
        ...

    async def list(
        self, user_id: UserId, *, page: ViewPage | None = None, **how: Unpack[Listed]
    ) -> Page[View]:
        """Those of that user and the shared ones; by name, then id, unless a sort is asked for.

        Raises CursorInvalid.
        """
        ...

    async def add(self, view: View) -> None:
        """Raises ViewNameTaken."""
        ...

    async def change(self, view: View, *, expected_version: int) -> View:
        """Write it with version + 1; owner and page stay.

        Raises:
            ViewNameTaken: that user has another one of the page with the name.
            RecordChanged: its version is no longer `expected_version`.
        """
        ...

    async def remove(self, view_id: ViewId) -> None:
        """It need not be there."""
        ...


class Schedules(Protocol):
    """The schedules on record, and the pause of all of them."""

    async def get(self, schedule_id: str) -> Schedule:
        """Raises ScheduleNotFound."""
        ...

    async def list(self, **how: Unpack[Listed]) -> Page[Schedule]:
        """By name, then id, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def add(self, schedule: Schedule) -> None:
        """Raises ScheduleNameTaken."""
        ...

    async def change(self, schedule: Schedule, *, expected_version: int) -> Schedule:
        """Write what people set, with version + 1; `next_at` and `last` stay.

        Raises:
            ScheduleNameTaken: another one has the name.
            RecordChanged: its version is no longer `expected_version`.
        """
        ...

    async def remove(self, schedule_id: ScheduleId) -> None:
        """What it submitted stays."""
        ...

    async def due(self, now: datetime, *, limit: int) -> Sequence[Schedule]:
        """Those whose time has come, the latest first in line."""
        ...

    async def move(
        self, schedule_id: ScheduleId, *, due: datetime | None, next_at: datetime | None
    ) -> bool:
        """Set its next time if it still is `due`; False: another one was quicker.

        Of two transactions that move the same one, the second waits for the first's end.
        """
        ...

    async def note(self, schedule_id: ScheduleId, last: LastRun) -> None:
        """Write how its last run went; without a `run` the one before is kept."""
        ...

    async def pause_of_all(self) -> Pause | None:
        """Why none of them runs."""
        ...

    async def pause_all(self, pause: Pause) -> None:
        """Replace the reason, if they are paused already."""
        ...

    async def resume_all(self) -> None:
        """Let them run again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What one step of pruning removed."""

    rows: int
    operations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """What was asked under an Idempotency-Key."""

    request: Mapping[str, Any]
    subject: str
    """The id of the operation that answered it."""


class Keys(Protocol):
    """The Idempotency-Keys of late; one names a request of one person."""

    async def find(self, key: str, *, since: datetime) -> KeptKey | None:
        """What it was used for after `since`."""
        ...

    async def keep(
        self, key: str, *, request: Mapping[str, Any], subject: str, at: datetime, since: datetime
    ) -> None:
        """Use it, and forget a use of it before `since`.

        Raises IdempotencyKeyReused: it is taken; the unit of work can go on.
        """
        ...

    async def forget(self, *, before: datetime, limit: int) -> int:
        """Remove uses from before then, at most `limit`; gives how many."""
        ...


class Users(Protocol):
    """The accounts on record. Names are told apart without regard to case."""

    async def get(self, user_id: str, *, lock: bool = False) -> User:
        """With `lock` nobody else changes it in this transaction. Raises UserNotFound."""
        ...

    async def find(self, name: str) -> tuple[User, str | None] | None:
        """The user of that name, with the hash of the password."""
        ...

    async def password_of(self, user_id: UserId) -> str | None:
        """The hash of the password; None where none was ever set."""
        ...

    async def list(self, **how: Unpack[Listed]) -> Page[User]:
        """By name, then id, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def any(self) -> bool:
        """Whether there is one at all."""
        ...

    async def add(self, user: User, *, password_hash: str | None) -> None:
        """Raises UserNameTaken."""
        ...

    async def change(self, user: User, *, expected_version: int) -> User:
        """Write what people set, with version + 1. Raises RecordChanged."""
        ...

    async def set_password(self, user_id: UserId, password_hash: str) -> None:
        """Replace it."""
        ...

    async def note_login(self, user_id: UserId, at: datetime) -> None:
        """When somebody last signed in."""
        ...

    async def remove(self, user_id: UserId) -> None:
        """With all sessions and tokens."""
        ...

    async def lock_admins(self) -> Sequence[UserId]:
        """The enabled admins. They stay what they are until this transaction ends."""
        ...


class Sessions(Protocol):
    """Logins; each is proved by secrets of which only the hashes are kept."""

    async def get(self, session_id: str) -> tuple[Session, User] | None:
        """A session, over or not, with its user."""
        ...

    async def find(
        self, secret_hash: str, *, lock: bool = False
    ) -> tuple[Session, User, datetime | None] | None:
        """The session that a secret belongs to, its user, and when the secret was used up.

        With `lock` nobody else uses the secret in this transaction.
        """
        ...

    async def csrf_of(self, session_id: SessionId) -> str | None:
        """The hash of what a browser's page shows for it."""
        ...

    async def live(self, user_id: UserId, *, now: datetime, **how: Unpack[Listed]) -> Page[Session]:
        """Those that are not over, the latest used first unless a sort is asked for.

        Raises CursorInvalid.
        """
        ...

    async def add(
        self, session: Session, *, secret_hash: str, csrf_hash: str | None = None
    ) -> None:
        """With the secret that proves it."""
        ...

    async def rotate(self, session: Session, *, used: str, secret_hash: str) -> None:
        """Use one secret up and put another in its place; writes `used_at`, `expires_at`."""
        ...

    async def touch(self, session: Session) -> None:
        """Write `used_at` and `expires_at`."""
        ...

    async def end(self, session_id: SessionId, *, at: datetime, because: Ending) -> None:
        """It is over, unless it was before."""
        ...

    async def end_all(
        self, user_id: UserId, *, at: datetime, because: Ending, but: str | None = None
    ) -> int:
        """All of a user's, but for that one; gives how many were not over."""
        ...

    async def forget(self, *, before: datetime, limit: int) -> int:
        """Remove some that were over before then; gives how many."""
        ...


class ApiTokens(Protocol):
    """Secrets for programs, by their hash."""

    async def find(self, token_hash: str) -> tuple[ApiToken, User] | None:
        """The token with its owner."""
        ...

    async def get(self, token_id: str) -> tuple[ApiToken, User] | None:
        """The same by its id."""
        ...

    async def list(self, user_id: UserId, **how: Unpack[Listed]) -> Page[ApiToken]:
        """A user's, newest first unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def add(self, token: ApiToken, *, token_hash: str) -> None:
        """Keep it."""
        ...

    async def touch(self, token_id: ApiTokenId, at: datetime) -> None:
        """When it was last used."""
        ...

    async def remove(self, token_id: ApiTokenId) -> None:
        """It lets nobody in any more."""
        ...


class Attempts(Protocol):
    """Failed logins, counted by who tried from where."""

    async def of(self, keys: Sequence[str], *, now: datetime) -> Mapping[str, Failures]:
        """What is known of each key; nobody else counts on them in this transaction."""
        ...

    async def put(self, counted: Mapping[str, Failures]) -> None:
        """Write them."""
        ...

    async def forget(self, *, before: datetime) -> None:
        """Remove those whose last failure was before then."""
        ...


class SetupTokens(Protocol):
    """The one-time token that the first account is made with."""

    async def replace(self, token_hash: str, at: datetime) -> None:
        """From now on this one counts, and no other."""
        ...

    async def spend(self, token_hash: str) -> bool:
        """Use it up; False: it is not the one that counts."""
        ...


class Loads(Protocol):
    """How loaded the workstations were."""

    async def add(self, load: Load) -> None:
        """Write a sample; one at the same time stays. Raises WorkstationNotFound."""
        ...

    async def between(
        self, workstation_id: WorkstationId, *, since: datetime, until: datetime
    ) -> Sequence[Load]:
        """Its samples from `since` to before `until`, oldest first."""
        ...

    async def forget(self, *, before: datetime, limit: int) -> int:
        """Remove samples from before then, at most `limit`; gives how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupQuery:
    """Which backups; every given condition holds."""

    workstation_id: WorkstationId | None = None
    emulator_id: EmulatorId | None = None
    scope: Scope | None = None


class Backups(Protocol):
    """The backups on record; their files lie on the workstations."""

    async def get(self, backup_id: str) -> Backup:
        """Raises BackupNotFound."""
        ...

    async def list(self, query: BackupQuery, **how: Unpack[Listed]) -> Page[Backup]:
        """Newest first, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def put(self, backup: Backup) -> None:
        """Write it, in place of one of the same file. Raises WorkstationNotFound."""
        ...

    async def gone(self, workstation_id: WorkstationId, file: str) -> None:
        """The file was seen to be there no more: forget what was written of it."""
        ...


class Apps(Protocol):
    """The apps of the library on record; their files are `AppFiles`."""

    async def get(self, app_id: str) -> LibraryApp:
        """Raises AppNotFound."""
        ...

    async def find(self, sha256: str) -> LibraryApp | None:
        """The one whose file has that checksum."""
        ...

    async def list(self, **how: Unpack[Listed]) -> Page[LibraryApp]:
        """Newest first, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def add(self, app: LibraryApp) -> None:
        """Raises RecordChanged: another one with the same file came in meanwhile."""
        ...

    async def remove(self, app_id: AppId) -> None:
        """Take it off record."""
        ...

    async def size(self) -> int:
        """Bytes of all files together."""
        ...

    async def checksums(self) -> frozenset[str]:
        """Of all files on record."""
        ...

    async def wanted_by(self, app_id: AppId) -> int:
        """How many unfinished operations are to install it."""
        ...


class Installations(Protocol):
    """Which app was seen on which emulator, as operations left it; by hand it may change."""

    async def put(self, installation: Installation) -> None:
        """Write it, in place of what was known of that package there.

        Raises EmulatorNotFound: it is on record no more.
        """
        ...

    async def gone(self, emulator_id: EmulatorId, package: str) -> None:
        """It was seen not to be there any more."""
        ...

    async def list(
        self, package: str, *, scope: Scope | None, **how: Unpack[Listed]
    ) -> Page[PlacedInstallation]:
        """Of one package, on emulators that are not removed, by emulator, unless sorted otherwise.

        Raises CursorInvalid.
        """
        ...


class Transfers(Protocol):
    """One-time tokens for files of the library, each of one operation."""

    async def add(
        self, token_hash: str, *, operation_id: OperationId, app_id: AppId, expires_at: datetime
    ) -> None:
        """Keep it, and forget those that are over. Raises OperationNotFound."""
        ...

    async def spend(self, token_hash: str, *, now: datetime) -> tuple[OperationId, AppId] | None:
        """Use it up; None: it is not known, was used, or is over."""
        ...


class Checkups(Protocol):
    """What doctor found on each workstation, the last time."""

    async def find(self, workstation_id: WorkstationId) -> Checkup | None:
        """None: it was never asked."""
        ...

    async def put(self, checkup: Checkup) -> None:
        """Write it, in place of the one before. Raises WorkstationNotFound."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemQuery:
    """Which problems; every given condition holds."""

    kind: ProblemKind | None = None
    subject: str | None = None
    acknowledged: bool | None = None
    ended: bool = False
    """Those that are over, too."""
    scope: Scope | None = None


class Problems(Protocol):
    """The problems on record, open and ended ones."""

    async def get(self, problem_id: str) -> Problem:
        """Raises ProblemNotFound."""
        ...

    async def list(self, query: ProblemQuery, **how: Unpack[Listed]) -> Page[Problem]:
        """Newest first, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def settle(self, look: Look, *, at: datetime) -> Sequence[tuple[Turn, Problem]]:
        """Open, change and end a subject's problems after a look at it; gives what was done.

        Raises WorkstationNotFound: it was removed meanwhile.
        """
        ...

    async def put(self, problem: Problem) -> None:
        """Write a new state of it."""
        ...

    async def counts(self) -> Mapping[ProblemKind, int]:
        """How many are open of each kind, zeros too."""
        ...

    async def forget(self, *, before: datetime, limit: int) -> int:
        """Remove what ended before then, at most `limit`; gives how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries; every given condition holds."""

    actor: str | None = None
    action: str | None = None
    """One that ends with a dot stands for all that begin with it."""
    subject: str | None = None
    result: AuditResult | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Not that moment itself."""


class Audit(Protocol):
    """Who did what. Entries are only ever added."""

    def record(self, entry: AuditEntry) -> None:
        """Add it; numbered and chained among the last statements of the transaction."""
        ...

    async def list(self, query: AuditQuery, **how: Unpack[Listed]) -> Page[AuditEntry]:
        """Newest first, unless a sort is asked for. Raises CursorInvalid."""
        ...

    async def links(self, *, after: int, limit: int) -> Sequence[tuple[AuditEntry, str]]:
        """Entries with their hashes as they stand there, oldest first, behind the number."""
        ...

    async def head(self) -> tuple[int, str]:
        """The number and hash that the next entry will build on."""
        ...


class UnitOfWork(Protocol):
    """One transaction: `async with storage() as work`. Commits on a clean exit, else rolls back.

    Raises DatabaseBusy and DatabaseUnreachable.
    """

    workstations: Workstations
    sites: Sites
    secrets: Secrets
    emulators: Emulators
    operations: Operations
    batches: Batches
    keys: Keys
    users: Users
    sessions: Sessions
    tokens: ApiTokens
    attempts: Attempts
    setup: SetupTokens
    profiles: Profiles
    views: Views
    schedules: Schedules
    audit: Audit
    problems: Problems
    loads: Loads
    backups: Backups
    apps: Apps
    transfers: Transfers
    checkups: Checkups
    installations: Installations

    def tell(self, event: Event) -> None:
        """Add to the change feed; numbered as the last statement of the transaction."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc_info: object) -> None: ...


Storage = Callable[[], UnitOfWork]
"""Opens a unit of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that has come in whole, and what it is; it is not in the library yet."""

    token: str
    """Its own; it names the file while it is received."""
    size: int
    sha256: str
    facts: AppFacts


class AppFiles(Protocol):
    """The files of the app library, on the server's disk. They are never wholly in memory."""

    def receive(
        self, chunks: AsyncIterator[bytes], *, limit: int
    ) -> AbstractAsyncContextManager[Received]:
        """Write what comes, to its end, and read what it is.

        Whatever happens, after the block nothing is left of it but what was kept.

        Raises:
            AppTooLarge: it has more than `limit` bytes; the rest was not read.
            AppRefused: it is no app, or a hostile one.
            AppLibraryFull: the disk is full.
        """
        ...

    async def keep(self, received: Received) -> None:
        """Put it into the library, in one step; in place of the same file, if that is there."""
        ...

    async def remove(self, app: LibraryApp) -> None:
        """It need not be there."""
        ...

    async def sweep(self, known: Collection[str]) -> None:
        """Remove what has none of these checksums, and was not written lately."""
        ...

    def path_of(self, app: LibraryApp) -> Path:
        """Where its file is on this machine, if it is there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Lets a workstation fetch one file, once."""

    url: str
    token: str = field(repr=False)
    """Goes into a header, and nowhere else."""


class Tickets(Protocol):
    """How a file of the library gets to a workstation."""

    async def issue(
        self, operation: Operation, workstation: Workstation, app: LibraryApp
    ) -> Ticket:
        """A ticket of that operation, good for a few minutes.

        Raises PublicUrlNeeded: the workstation can't be told where this server is.
        """
        ...

    def place_here(self, app: LibraryApp) -> str:
        """Where the file is on the machine that this process runs on, if it is there."""
        ...

    def pieces(self, app: LibraryApp) -> AsyncIterator[bytes] | None:
        """The file, where this process can read it; None in a worker that has none of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Which events; every given condition holds."""

    type: EventType | None = None
    subject: str | None = None


class Feed(Protocol):
    """The change feed, across transactions."""

    async def head(self) -> str:
        """The id of the newest event: `<epoch>.<seq>`."""
        ...

    def follow(self, after: str | None) -> AsyncGenerator[Sequence[tuple[str, Event]], None]:
        """Batches of events with their ids after `after` (None: from now on), without end.

        An empty batch where `after` is too old or of another epoch means: reset, read anew;
        after it the stream goes on from now.
        """
        ...

    async def read(self, after: str) -> Sequence[tuple[str, Event]] | None:
        """The next events behind `after`; None where it is too old or of another epoch."""
        ...

    async def past(
        self, query: EventQuery, *, cursor: str | None = None, limit: int = 50
    ) -> Page[tuple[str, Event]]:
        """What is kept of the feed, newest first. Raises CursorInvalid."""
        ...


class Runs(Protocol):
    """Makes operations of what a schedule asks for, inside of the caller's transaction."""

    async def submit(self, work: UnitOfWork, schedule: Schedule, *, actor: Actor) -> str:
        """The id of the batch that was written. Raises what a person who asks would be told."""
        ...

    async def unfinished(self, work: UnitOfWork, run: str) -> bool:
        """Whether something of that batch is not over."""
        ...

    def wake(self) -> None:
        """Have the engine look at what was committed."""
        ...


# The engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A queued operation that is first in line for its emulator."""

    operation: Operation
    workstation: Workstation


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What the governor decides on, read in one transaction."""

    now: datetime
    candidates: Sequence[Candidate]
    """By priority, then age; one for an emulator, never one whose emulator is active."""
    slots: Mapping[str, frozenset[int]]
    """The taken slots of each lane (`ws_…/boot`, `global`)."""
    last_start: Mapping[str, datetime]
    """When a lane last admitted something."""
    parallel: Mapping[BatchId, int] = field(default_factory=dict[BatchId, int])
    """How many operations of a batch may be in flight, of those that say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What may start, in which slots; and a sentence for each that may not."""

    admitted: Mapping[OperationId, Mapping[str, int]] = field(
        default_factory=dict[OperationId, Mapping[str, int]]
    )
    """Lane → slot, for each admitted operation."""
    waiting: Mapping[OperationId, str] = field(default_factory=dict[OperationId, str])
    stirring: frozenset[WorkstationId] | None = None
    """Where this may soon be otherwise though nothing changes there: by time, or by what happens
    elsewhere. The others need not be looked at until they change. None: it is so everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An admitted operation on its way to whoever runs it."""

    operation_id: OperationId
    token: int
    sender: str
    """Its owner until it is claimed."""


class Admission(Protocol):
    """The queue's transactions. Policy comes in as a function; only one admits at a time."""

    async def admit(
        self, decide: Callable[[Queue], Verdict], *, owner: str, lease: timedelta
    ) -> Sequence[Operation]:
        """In one short transaction: read the queue, decide, write. Gives what was admitted.

        A slot that is taken, or an emulator that is active, can't be given out again: unique
        indexes hold it, whatever `decide` says.
        """
        ...

    async def renew(self, *, owner: str, lease: timedelta) -> Sequence[Operation]:
        """Lengthen the leases of all of `owner`'s active operations, and give those as they are.

        One that is missing from the answer is no longer the owner's.
        """
        ...

    async def release(self, *, owner: str) -> None:
        """Leave all of `owner`'s active operations to the next runner at once.

        Such an end is no death: it is not counted as an attempt of theirs.
        """
        ...

    async def claim(
        self, sent: Sequence[Sent], *, owner: str, lease: timedelta
    ) -> Mapping[OperationId, Operation]:
        """Hold for `owner` what was sent on its way, under the same tokens.

        One is left out that has another token or another owner by now, or has ended.
        """
        ...

    async def abandoned(self, *, all_owners: bool = False) -> Sequence[Operation]:
        """Active operations whose lease has ended.

        With `all_owners` every active one: for the only process there can be, at its start.
        """
        ...

    async def take_over(
        self, abandoned: Sequence[Operation], *, owner: str, lease: timedelta
    ) -> Sequence[Operation]:
        """Hold abandoned operations under new tokens, with the slots they had.

        One is left out that someone else has, or that has ended.
        """
        ...

    def wake(self) -> None:
        """Something may have become admissible."""
        ...

    async def woken(self, timeout: float) -> None:
        """Wait for `wake` (any process), at most `timeout` seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that runs the operations of a site."""

    name: str
    """Its machine and process id."""
    since: datetime


Workers = Callable[[Sequence[str]], Awaitable[Mapping[str, Sequence[Worker]]]]
"""The workers alive for each of the sites, those that are there longest first."""


class Duties(Protocol):
    """What only one process may do at a time, and which workers are there.

    A process that was killed, cut off or frozen loses its duties within seconds; `leads` and
    `polls` say no once that may have come about.
    """

    @property
    def leads(self) -> bool:
        """Whether this process admits, reaps and ticks for all of them."""
        ...

    def polls(self, site: str) -> bool:
        """Whether this process looks after the workstations of the site."""
        ...

    def worked(self, site: str) -> bool:
        """Whether a worker was there for the site at the last look."""
        ...

    async def attend(self) -> bool:
        """Keep the duties, take those that are free, look who is there.

        Whether what it leads or polls has changed. Raises DatabaseError.
        """
        ...

    async def resign(self) -> None:
        """Leave all duties to the others at once."""
        ...


class Dispatcher(Protocol):
    """Brings an admitted operation to a runner."""

    async def dispatch(self, operation: Operation) -> None:
        """Have it run once; a second delivery of the same token does nothing."""
        ...

    async def abort(self, operation_id: OperationId) -> None:
        """Ask its runner to cancel it, wherever it runs."""
        ...


class Journal(Protocol):
    """How running work tells of itself. Every write carries the operation's token.

    Raises RecordChanged once the token is old: the work must end without touching anything.
    """

    async def progress(self, fraction: float | None, message: str) -> None:
        """Where it is now: 0 to 1, and a few words; shown live."""
        ...

    async def log(self, event: str, **fields: object) -> None:
        """A line of the operation's log: an event name and fields."""
        ...

    def step(self, name: str) -> AbstractAsyncContextManager["StepNotes"]:
        """A step: written as running before its body, as ended after it.

        One named `look`, `look …` or `scan` must only look: while an operation has begun no
        other, a passing failure puts it back into the queue (engine/retry.py).

        The notes hold the result of an earlier run of this step, if there was one.
        """
        ...


class StepNotes(Protocol):
    """What is remembered of a step across restarts."""

    before: Mapping[str, Any] | None
    """The result this step had in an earlier run that ended it; None if it never ended."""
    started_before: bool
    """An earlier run began it: it may have had its effect."""
    result: Mapping[str, Any]
    """To be set in the body."""


Work = Callable[[Operation, Journal], Awaitable[Mapping[str, Any]]]
"""A verb's workflow, bound to all it needs. It may run again from its start after its runner
died, and looks before it acts. It gives the operation's result, or raises a FleetError."""
