"""`ldfleet worker`."""

import asyncio
import os
import signal
from collections.abc import Sequence

from ldfleet import settings, telemetry
from ldfleet.bootstrap.assembly import assemble_worker
from ldfleet.bootstrap.memory import keep_what_is_there
from ldfleet.bootstrap.serving import configure_logs, say
from ldfleet.settings import Settings

log = telemetry.logger("ldfleet.worker")


def work(*, sites: Sequence[str], concurrency: int, grace: float) -> None:
    """Run operations of the sites until SIGINT or SIGTERM.

    Raises:
        SettingInvalid, SettingsFileUnreadable, and those of `assemble_worker`.
    """
    loaded = settings.load(os.environ)
    configure_logs(loaded)
    asyncio.run(_work(loaded, frozenset(sites), concurrency, grace))


async def _work(loaded: Settings, sites: frozenset[str], concurrency: int, grace: float) -> None:
    asked_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked_to_end.set)
    async with assemble_worker(loaded, sites=sites, concurrency=concurrency, grace=grace):
        keep_what_is_there()
        say(f"ldfleet worker: {', '.join(sorted(sites))}")
        await asked_to_end.wait()
        log.info("worker.drains", sites=sorted(sites))
