"""`ldfleet audit verify`."""

import asyncio
import os

from ldfleet import settings
from ldfleet.bootstrap.assembly import open_database
from ldfleet.bootstrap.serving import configure_logs
from ldfleet.services.audit import AuditLog, Verdict
from ldfleet.settings import Settings


def verify() -> Verdict:
    """Walk along the audit log of the database that the settings name.

    Raises:
        SettingInvalid, SettingsFileUnreadable, DatabaseUnreachable, SchemaOutdated.
    """
    loaded = settings.load(os.environ)
    configure_logs(loaded)
    return asyncio.run(_verify(loaded))


async def _verify(loaded: Settings) -> Verdict:
    database = open_database(loaded)
    try:
        await database.start()
        return await AuditLog(storage=database).verify()
    finally:
        await database.stop()
