"""The app library: its files, what comes in, and how it gets to the workstations."""

import secrets
from dataclasses import dataclass

from ldfleet.ports import Clock, NewId
from ldfleet.services.apps import Apps
from ldfleet.services.transfers import Transfers
from ldfleet.settings import Settings
from ldfleet.storage.app_files import StoredAppFiles
from ldfleet.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Its two sides."""

    apps: Apps
    transfers: Transfers


def library(
    settings: Settings, database: Database, *, clock: Clock, new_id: NewId, url: str
) -> Library:
    """`url` is where this process is reached, if it is, where no setting says better."""
    files = StoredAppFiles(settings.effective_app_dir, clock=clock, chance=secrets.token_bytes)
    return Library(
        apps=Apps(
            storage=database,
            files=files,
            clock=clock,
            new_id=new_id,
            size_limit=settings.app_size_limit,
            library_limit=settings.app_library_limit,
        ),
        transfers=Transfers(
            storage=database,
            files=files,
            clock=clock,
            chance=secrets.token_bytes,
            url=settings.public_url or url,
        ),
    )
