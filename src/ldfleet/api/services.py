"""What the routes speak to."""

from dataclasses import dataclass

from ldfleet.api.rates import RateLimiter
from ldfleet.ports import Clock, NewId
from ldfleet.services.access import Access
from ldfleet.services.apps import Apps
from ldfleet.services.audit import AuditLog
from ldfleet.services.backups import Backups
from ldfleet.services.batches import Batches
from ldfleet.services.checkups import Checkups
from ldfleet.services.configuration import Configuration
from ldfleet.services.emulators import Emulators
from ldfleet.services.events import Events
from ldfleet.services.history import History
from ldfleet.services.loads import Loads
from ldfleet.services.logins import Logins
from ldfleet.services.looks import Looks
from ldfleet.services.metrics import Metrics
from ldfleet.services.operations import Operations
from ldfleet.services.preparations import Preparations
from ldfleet.services.problems import Problems
from ldfleet.services.profiles import Profiles
from ldfleet.services.requests import Requests
from ldfleet.services.schedules import Schedules
from ldfleet.services.sites import Sites
from ldfleet.services.snapshots import Snapshots
from ldfleet.services.status import StatusReport
from ldfleet.services.tokens import Tokens
from ldfleet.services.transfers import Transfers
from ldfleet.services.users import Users
from ldfleet.services.views import Views
from ldfleet.services.walls import Walls
from ldfleet.services.workstations import Workstations


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All services, assembled by bootstrap."""

    workstations: Workstations
    preparations: Preparations
    sites: Sites
    emulators: Emulators
    looks: Looks
    walls: Walls
    requests: Requests
    operations: Operations
    batches: Batches
    history: History
    profiles: Profiles
    apps: Apps
    transfers: Transfers
    views: Views
    schedules: Schedules
    status: StatusReport
    access: Access
    logins: Logins
    users: Users
    tokens: Tokens
    events: Events
    audit: AuditLog
    configuration: Configuration
    problems: Problems
    backups: Backups
    checkups: Checkups
    loads: Loads
    metrics: Metrics
    snapshots: Snapshots
    limiter: RateLimiter
    clock: Clock
    new_id: NewId
