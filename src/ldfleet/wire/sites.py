"""Sites: the LANs that workstations stand in, and the workers alive there."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.wire.shapes import Input, ListFilter, Notes, Output


class SiteIn(Input):
    """A site to be. Its name is its id: workers are started with it."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=32,
            description="Lower-case letters, digits, dots, dashes, underscores.",
        ),
    ]
    notes: Notes = ""


class SitePatch(Input):
    """A JSON merge patch (RFC 7396); the name stays, since workers are started with it."""

    notes: Notes | None = None


class SiteFilter(ListFilter):
    """Which sites."""


class WorkerOut(Output):
    """A process that runs the operations of a site."""

    name: Annotated[str, Field(description="Its machine and process id.")]
    since: Annotated[datetime, Field(description="Since when it is there without a break.")]


class SiteOut(Output):
    """A site. Without workers the server itself looks after its workstations."""

    id: Annotated[str, Field(description="The same as its name.")]
    name: str
    notes: str
    workstations: Annotated[int, Field(description="How many stand there.")]
    workers: Annotated[list[WorkerOut], Field(description="Those alive now, oldest first.")]
    created_at: datetime
