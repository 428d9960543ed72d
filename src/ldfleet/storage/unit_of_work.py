"""One transaction, with all that is kept at hand."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self, cast

from ldfleet.domain.event import Event
from ldfleet.ports import (
    ApiTokens,
    Apps,
    Attempts,
    Audit,
    Backups,
    Batches,
    Checkups,
    Emulators,
    Installations,
    Keys,
    Loads,
    Operations,
    Problems,
    Profiles,
    Schedules,
    Secrets,
    Sessions,
    SetupTokens,
    Sites,
    Transfers,
    Users,
    Views,
    Workstations,
)
from ldfleet.storage.api_tokens import StoredApiTokens
from ldfleet.storage.apps import StoredApps, StoredTransfers
from ldfleet.storage.attempts import StoredAttempts, StoredSetupTokens
from ldfleet.storage.audit import StoredAudit
from ldfleet.storage.backups import StoredBackups
from ldfleet.storage.batches import StoredBatches
from ldfleet.storage.checkups import StoredCheckups
from ldfleet.storage.connections import Connections, Transaction
from ldfleet.storage.credentials import StoredSecrets
from ldfleet.storage.emulators import StoredEmulators
from ldfleet.storage.feed import publish
from ldfleet.storage.installations import StoredInstallations
from ldfleet.storage.keys import StoredKeys
from ldfleet.storage.loads import StoredLoads
from ldfleet.storage.operations import StoredOperations
from ldfleet.storage.problems import StoredProblems
from ldfleet.storage.profiles import StoredProfiles
from ldfleet.storage.schedules import StoredSchedules
from ldfleet.storage.sessions import StoredSessions
from ldfleet.storage.sites import StoredSites
from ldfleet.storage.users import StoredUsers
from ldfleet.storage.vault import Vault
from ldfleet.storage.views import StoredViews
from ldfleet.storage.workstations import StoredWorkstations

_ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class StoredUnitOfWork:
    """`ports.UnitOfWork`; used once. Keep it short: on SQLite nobody else writes meanwhile."""

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

    def __init__(
        self, connections: Connections, vault: Vault, *, keep_events: int, writes: bool = True
    ) -> None:
        self._connections = connections
        self._vault = vault
        self._keep_events = keep_events
        self._writes = writes
        self._events: list[Event] = []
        self._stack = AsyncExitStack()

    def tell(self, event: Event) -> None:
        self._events.append(event)

    async def __aenter__(self) -> Self:
        begun = self._connections.transaction(writes=self._writes)
        transaction = await self._stack.enter_async_context(begun)
        self.workstations = StoredWorkstations(transaction)
        self.sites = StoredSites(transaction)
        self.secrets = StoredSecrets(transaction, self._vault)
        self.emulators = StoredEmulators(transaction)
        self.operations = StoredOperations(transaction)
        self.batches = StoredBatches(transaction)
        self.keys = StoredKeys(transaction)
        self.users = StoredUsers(transaction)
        self.sessions = StoredSessions(transaction)
        self.tokens = StoredApiTokens(transaction)
        self.attempts = StoredAttempts(transaction)
        self.setup = StoredSetupTokens(transaction)
        self.profiles = StoredProfiles(transaction)
        self.views = StoredViews(transaction)
        self.schedules = StoredSchedules(transaction)
        self.problems = StoredProblems(transaction)
        self.loads = StoredLoads(transaction)
        self.backups = StoredBackups(transaction)
        self.apps = StoredApps(transaction)
        self.transfers = StoredTransfers(transaction)
        self.checkups = StoredCheckups(transaction)
        self.installations = StoredInstallations(transaction)
        entries = self.audit = StoredAudit(transaction)
        transaction.at_last(entries.write)
        transaction.at_last(lambda: self._publish(transaction))
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._stack.__aexit__(*cast("_ExcInfo", exc_info))

    async def _publish(self, transaction: Transaction) -> None:
        if self._events:
            await publish(transaction, self._events, keep=self._keep_events)
