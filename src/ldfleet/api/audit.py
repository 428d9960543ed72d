"""The audit log."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.domain.audit import AuditEntry
from ldfleet.domain.nouns import AUDIT
from ldfleet.ports import AuditQuery
from ldfleet.wire.audit import AuditEntryOut, AuditFilter
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(AuditEntryOut)

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get(
    "",
    summary="List who did what, newest first",
    description="Entries are never changed or removed: `ldfleet audit verify`, run on the "
    "server, says whether somebody did it behind ldfleet's back.",
    responses=LISTED,
    response_model=Page[AuditEntryOut] | PartPage,
)
async def list_audit(
    services: TheServices, actor: CurrentActor, which: Annotated[AuditFilter, Query()]
) -> Response:
    query = AuditQuery(
        actor=which.actor,
        action=which.action,
        subject=which.subject,
        result=which.result,
        since=which.since,
        until=which.until,
    )
    page = await services.audit.list(actor, query, **how(which, AUDIT, services))
    return _LIST.answer(page, _shape, which.fields)


def _shape(entry: AuditEntry) -> AuditEntryOut:
    return AuditEntryOut.model_validate({**asdict(entry), "id": str(entry.seq)})
