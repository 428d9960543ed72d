"""The real time and real chance, given to everything that needs them."""

import asyncio
import secrets
import time
from datetime import UTC, datetime

from ldfleet.domain.ids import ENTROPY_BYTES, make_id


class SystemClock:
    """The machine's own clock. Fulfils `ports.Clock`."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where the time comes from

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        await asyncio.sleep(seconds)


def new_id(prefix: str) -> str:
    """A new id of now. Fulfils `ports.NewId`."""
    return make_id(prefix, at=SystemClock().now(), entropy=secrets.token_bytes(ENTROPY_BYTES))
