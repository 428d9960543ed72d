"""Many workstations at once."""

from ldfleet.client.calls import Call, body_of, path
from ldfleet.wire.imports import WorkstationsImport, WorkstationsImported


def import_workstations(asked: WorkstationsImport) -> Call[WorkstationsImported]:
    """Add them; a row that is refused keeps no other out."""
    return Call(
        method="POST",
        path=path("workstations", "import"),
        body=body_of(asked),
        read=WorkstationsImported.model_validate_json,
    )
