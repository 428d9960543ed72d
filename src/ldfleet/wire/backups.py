"""Backups, and how loaded a workstation was."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.wire.shapes import Input, ListFilter, Output

_Id = Annotated[str, Field(min_length=1, max_length=100)]


class BackupFilter(ListFilter):
    """Which backups; every given condition holds."""

    workstation_id: _Id | None = None
    emulator_id: _Id | None = None


class BackupOut(Output):
    """A file with an emulator's disks, on its workstation."""

    id: str
    workstation_id: str
    emulator_id: Annotated[str | None, Field(description="Null: it is on record no more.")]
    emulator_name: Annotated[str, Field(description="As it was called at that time.")]
    file: Annotated[str, Field(description="What `restore` wants.")]
    size: Annotated[int, Field(description="In bytes.")]
    sha256: str | None
    operation_id: str | None
    created_at: datetime


class LoadFilter(Input):
    """Which part of the past, and in how many points."""

    hours: Annotated[float, Field(gt=0, le=336)] = 24.0
    points: Annotated[int, Field(ge=1, le=1000)] = 288


class LoadOut(Output):
    """How it was during one step; sizes in bytes, null where Windows did not say."""

    at: datetime
    cpu_load: Annotated[int | None, Field(description="Per cent over all cores.")]
    memory: int | None
    memory_free: int | None
    disk_free: Annotated[int | None, Field(description="Of the drive with the least of it.")]
    running: Annotated[int | None, Field(description="Emulators.")]


class LoadsOut(Output):
    """Oldest first; a step without a sample is left out."""

    items: list[LoadOut]
