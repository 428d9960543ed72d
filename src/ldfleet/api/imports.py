"""Many workstations at once: each row is taken or refused by itself."""

from fastapi import APIRouter
from pydantic import ValidationError

from ldfleet import errors
from ldfleet.api import problems, shapes
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.services import Services
from ldfleet.domain.actor import Actor
from ldfleet.wire.imports import ImportedRow, WorkstationsImport, WorkstationsImported
from ldfleet.wire.problem import failure_of
from ldfleet.wire.workstations import WorkstationIn

router = APIRouter(prefix="/workstations", tags=["workstations"])


@router.post(
    "/import",
    summary="Add many workstations; a row that is refused keeps no other out",
    responses=problems.of(),
)
async def import_workstations(
    services: TheServices, actor: CurrentActor, asked: WorkstationsImport
) -> WorkstationsImported:
    rows: list[ImportedRow] = []
    names: set[str] = set()
    for number, row in enumerate(asked.rows, start=1):
        name = str(row.get("name") or "")
        try:
            described = _described(row, names)
            added = await _add(services, actor, described, dry_run=asked.dry_run)
        except errors.DatabaseError:
            raise
        except errors.FleetError as error:
            refused = failure_of(error.dump())
            rows.append(ImportedRow(row=number, name=name, status="refused", failure=refused))
        else:
            names.add(described.name)
            rows.append(
                ImportedRow(
                    row=number,
                    name=name,
                    status="would_add" if asked.dry_run else "added",
                    workstation_id=added,
                )
            )
    refusals = sum(each.status == "refused" for each in rows)
    return WorkstationsImported(
        dry_run=asked.dry_run, accepted=len(rows) - refusals, refused=refusals, rows=rows
    )


def _described(row: dict[str, object], names: set[str]) -> WorkstationIn:
    """What a row says. Raises ValidationFailed, without the values: they may be secret."""
    try:
        described = WorkstationIn.model_validate(row)
    except ValidationError as exc:
        raise problems.validation_failed(
            exc.errors(include_input=False, include_url=False)
        ) from None
    if described.name in names:
        raise errors.WorkstationNameTaken(name=described.name)
    return described


async def _add(
    services: Services, actor: Actor, described: WorkstationIn, *, dry_run: bool
) -> str | None:
    """Its id; None where nothing was added."""
    added = await services.workstations.add(
        actor, shapes.draft_of(described), shapes.credentials_of(described), dry_run=dry_run
    )
    return None if dry_run else added.id
