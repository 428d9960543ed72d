"""`ldfleet worker`."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack

from ldfleet import settings, telemetry
from ldfleet.bootstrap.assembly import assemble_worker
from ldfleet.bootstrap.ending import CLOSING, ending_on
from ldfleet.bootstrap.memory import keep_what_is_there
from ldfleet.bootstrap.serving import configure_logs, say
from ldfleet.bootstrap.telling import place_of, telling
from ldfleet.engine.runner import CLEAN_UP
from ldfleet.settings import Settings

log = telemetry.logger("ldfleet.worker")


def work(*, sites: Sequence[str], concurrency: int, grace: float, metrics: str | None) -> None:
    """Run operations of the sites until SIGINT or SIGTERM; `metrics` as `place_of` reads it.

    Raises:
        SettingInvalid, SettingsFileUnreadable, FieldInvalid, PortInUse, and those of
        `assemble_worker`.
    """
    loaded = settings.load(os.environ)
    configure_logs(loaded)
    place = None if metrics is None else place_of(metrics)
    asyncio.run(_work(loaded, frozenset(sites), concurrency, grace, place))


async def _work(
    loaded: Settings,
    sites: frozenset[str],
    concurrency: int,
    grace: float,
    place: tuple[str, int] | None,
) -> None:
    asked_to_end, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        loop.call_soon_threadsafe(asked_to_end.set)

    with ending_on(end, within=grace + CLEAN_UP + CLOSING):
        async with AsyncExitStack() as stack:
            made = assemble_worker(loaded, sites=sites, concurrency=concurrency, grace=grace)
            metrics = await stack.enter_async_context(made)
            keep_what_is_there()
            say(f"ldfleet worker: {', '.join(sorted(sites))}")
            if place is not None:
                say(f"Metrics: {await stack.enter_async_context(telling(metrics.text, *place))}")
            await asked_to_end.wait()
            log.info("worker.drains", sites=sorted(sites))
