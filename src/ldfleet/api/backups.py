"""Backups."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.domain.backup import Backup
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.nouns import BACKUPS
from ldfleet.ports import BackupQuery
from ldfleet.wire.backups import BackupFilter, BackupOut
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(BackupOut)

router = APIRouter(prefix="/backups", tags=["backups"])


@router.get(
    "",
    summary="List backups, newest first",
    responses=LISTED,
    response_model=Page[BackupOut] | PartPage,
)
async def list_backups(
    services: TheServices, actor: CurrentActor, which: Annotated[BackupFilter, Query()]
) -> Response:
    query = BackupQuery(
        workstation_id=None
        if which.workstation_id is None
        else WorkstationId(which.workstation_id),
        emulator_id=None if which.emulator_id is None else EmulatorId(which.emulator_id),
    )
    page = await services.backups.list(actor, query, **how(which, BACKUPS, services))
    return _LIST.answer(page, _shape, which.fields)


@router.get("/{backup_id}", summary="Show a backup", responses=problems.of(errors.BackupNotFound))
async def get_backup(services: TheServices, actor: CurrentActor, backup_id: str) -> BackupOut:
    return _shape(await services.backups.get(actor, backup_id))


def _shape(backup: Backup) -> BackupOut:
    return BackupOut.model_validate(asdict(backup))
