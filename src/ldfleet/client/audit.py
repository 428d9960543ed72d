"""What can be asked about the audit log."""

from ldfleet.client.calls import Call, params_of, path
from ldfleet.wire.audit import AuditEntryOut, AuditFilter
from ldfleet.wire.shapes import Page


def page(which: AuditFilter | None = None) -> Call[Page[AuditEntryOut]]:
    """Who did what, newest first."""
    return Call(
        path=path("audit"),
        params=params_of(which or AuditFilter()),
        read=Page[AuditEntryOut].model_validate_json,
    )
