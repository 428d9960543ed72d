"""A process of bench/winrm.py: full scans. Apart from the others, whose memory is weighed."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.modes.list2 import (
    EMULATORS,
    IN_FLIGHT,
    Entry,
    Figures,
    WallClock,
    a_connector,
    all_of,
    described,
    measured,
)
from ldfleet import telemetry
from ldfleet.domain.workstation import Workstation
from ldfleet.storage.database import Database
from ldfleet.workflows.scan import Scanner


def main() -> None:
    telemetry.configure(level="WARNING")
    inventory: list[Entry] = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(asyncio.run(full_scans(inventory))))


async def full_scans(inventory: Sequence[Entry]) -> Figures:
    """Every workstation into a SQLite inventory: first all there is to find, then as polled."""
    stations = [described(entry, entry["name"], tls=True) for entry in inventory]
    async with a_database() as database, a_connector() as connector:
        for record, credentials in stations:
            async with database() as work:
                await work.workstations.add(record)
                await work.secrets.put(record.id, credentials)
        scan = Scanner(storage=database, connector=connector, clock=WallClock(), new_id=new_id)

        async def everywhere() -> int:
            gate = asyncio.Semaphore(IN_FLIGHT)

            async def once(record: Workstation) -> bool:
                async with gate:
                    async with database() as work:
                        fresh = await work.workstations.get(record.id)
                    return (await scan(fresh)).emulators == EMULATORS

            return await all_of([once(record) for record, _ in stations])

        first = await measured(everywhere, 1, len(inventory), warm_up=False)
        again = await measured(everywhere, 3, len(inventory), warm_up=False)
    return {
        "errors": first["errors"] + again["errors"],
        "first_s": len(inventory) / first["per_s"],
        "first_cpu_s": first["cpu_ms"] * len(inventory) / 1000,
        "again_s": len(inventory) / again["per_s"],
        "again_cpu_s": again["cpu_ms"] * len(inventory) / 1000,
    }


@asynccontextmanager
async def a_database() -> AsyncGenerator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(
            f"sqlite:///{folder}/bench.db",
            vault_key_file=Path(folder) / "vault.key",
            clock=WallClock(),
            chance=os.urandom,
            patience=60.0,
        )
        try:
            await database.migrate()
            yield database
        finally:
            await database.stop()


def new_id(prefix: str) -> str:
    return f"{prefix}_{os.urandom(10).hex()}"


if __name__ == "__main__":
    main()
