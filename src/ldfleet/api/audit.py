"""The audit log."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.domain.audit import AuditEntry
from ldfleet.ports import AuditQuery
from ldfleet.wire.audit import AuditEntryOut, AuditFilter
from ldfleet.wire.shapes import Page

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get(
    "",
    summary="List who did what, newest first",
    description="Entries are never changed or removed: `ldfleet audit verify`, run on the "
    "server, says whether somebody did it behind ldfleet's back.",
    responses=problems.of(errors.CursorInvalid),
)
async def list_audit(
    services: TheServices, actor: CurrentActor, which: Annotated[AuditFilter, Query()]
) -> Page[AuditEntryOut]:
    query = AuditQuery(
        actor=which.actor,
        action=which.action,
        subject=which.subject,
        result=which.result,
        since=which.since,
        until=which.until,
    )
    page = await services.audit.list(actor, query, cursor=which.cursor, limit=which.limit)
    return Page(items=[_shape(each) for each in page.items], next_cursor=page.next_cursor)


def _shape(entry: AuditEntry) -> AuditEntryOut:
    return AuditEntryOut.model_validate({**asdict(entry), "id": str(entry.seq)})
