"""Many workstations at once."""

from typing import Annotated, Any, Literal

from pydantic import Field

from ldfleet.wire.problem import Failure
from ldfleet.wire.shapes import Input, Output

MOST_ROWS = 1_000


class WorkstationsImport(Input):
    """Workstations, each described as where one is added."""

    rows: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=MOST_ROWS)]
    dry_run: Annotated[bool, Field(description="Say what would be, and add none.")] = False


class ImportedRow(Output):
    """What became of one."""

    row: Annotated[int, Field(description="From 1.")]
    name: str
    status: Literal["added", "would_add", "refused"]
    workstation_id: str | None = None
    failure: Failure | None = None


class WorkstationsImported(Output):
    """What became of all of them."""

    dry_run: bool
    accepted: int
    refused: int
    rows: list[ImportedRow]
