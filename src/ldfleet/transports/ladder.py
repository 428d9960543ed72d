"""Climbing the rungs of a connection test: after the first that fails none is tried."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence

from ldfleet import errors
from ldfleet.domain.workstation import Address, Stage, StageName
from ldfleet.ports import Clock

Rung = Callable[[], Awaitable[str | None]]
"""Gives a detail worth showing, or raises."""
Rungs = Mapping[StageName, Rung]
"""In their order."""


async def climb(rungs: Rungs, *, clock: Clock) -> Sequence[Stage]:
    """The stages; `ok` is None for what was not tried."""
    stages: list[Stage] = []
    for name, rung in rungs.items():
        blocked = bool(stages) and stages[-1].ok is not True
        stages.append(Stage(name=name, ok=None) if blocked else await _tried(name, rung, clock))
    return stages


async def addresses_of(address: Address, *, timeout: float) -> str:
    """What the host's name means. Raises OSError, TimeoutError."""
    async with asyncio.timeout(timeout):
        found = await asyncio.get_running_loop().getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )
    return ", ".join(dict.fromkeys(str(each[4][0]) for each in found))


async def _tried(name: StageName, rung: Rung, clock: Clock) -> Stage:
    began = clock.monotonic()
    try:
        detail = await rung()
    except errors.FleetError as error:
        return Stage(
            name=name,
            ok=False,
            seconds=clock.monotonic() - began,
            detail=str(error),
            code=error.code,
            hint=error.hint,
        )
    return Stage(name=name, ok=True, seconds=clock.monotonic() - began, detail=detail)
