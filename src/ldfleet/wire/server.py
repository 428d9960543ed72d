"""What the server says of itself, and the change feed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.event import EventType
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.workstation import WorkstationStatus
from ldfleet.wire.shapes import Input, Output, PageSize


class HealthFilter(Input):
    """Liveness alone, or readiness too."""

    ready: bool = False


class HealthOut(Output):
    """Liveness; with `?ready=1` the parts that must work, and status 503 if one does not."""

    status: Literal["ok", "unready"]
    checks: dict[str, bool]


class VersionOut(Output):
    """The server's version."""

    version: str


class StatusOut(Output):
    """The server at a glance; `uptime` is `HH:MM:SS`, counts have a zero for every status."""

    version: str
    schema_revision: str | None
    started_at: datetime
    uptime: str
    uptime_s: float
    workstations: dict[WorkstationStatus, int]
    emulators: dict[EmulatorStatus, int]
    operations: dict[OperationStatus, int]


class EventsFilter(Input):
    """Where the stream goes on; the header Last-Event-ID wins."""

    after: str | None = None


class PastEventsOfFilter(Input):
    """Which events of one thing."""

    type: EventType | None = None
    cursor: str | None = None
    limit: PageSize = 50


class PastEventsFilter(PastEventsOfFilter):
    """Which events; every given condition holds."""

    subject: Annotated[
        str | None, Field(min_length=1, max_length=200, description="The id of what it befell.")
    ] = None


class EventOut(Output):
    """Something that happened; `subject` is the id of what it happened to."""

    id: str
    type: EventType
    subject: str
    at: datetime
    data: dict[str, Any]


class ChangesOut(Output):
    """The data of a `changes` event of the stream."""

    events: list[EventOut]
