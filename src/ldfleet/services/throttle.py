"""Holds up who guesses, and nobody else."""

import hashlib
import ipaddress
from collections.abc import Mapping

from ldfleet import errors
from ldfleet.domain.account import folded
from ldfleet.domain.attempts import OF_ADDRESS, OF_PAIR, Failures, Patience
from ldfleet.ports import Clock, Storage, UnitOfWork

_NETWORK_BITS = 64  # an IPv6 host has a whole network of addresses to itself


class Throttle:
    """An attempt counts as failed before it is looked at, so that a thousand at once count too."""

    def __init__(self, *, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def begin(self, name: str, address: str | None) -> None:
        """Count an attempt. Raises TooManyAttempts; one that is held up is not counted."""
        now = self._clock.now()
        keys = _keys(name, address)
        async with self._storage() as work:
            known = await work.attempts.of(list(keys), now=now)
            held = max(known[key].held(now) for key in keys)
            if not held:
                await work.attempts.put(
                    {key: known[key].another(patience, now) for key, patience in keys.items()}
                )
        if held:
            raise errors.TooManyAttempts(retry_after_s=held)

    async def succeeded(self, work: UnitOfWork, name: str, address: str | None) -> None:
        """It was not a failure after all; what failed before it by that name is forgiven."""
        now = self._clock.now()
        pair, place = _keys(name, address)
        known = await work.attempts.of([pair, place], now=now)
        forgiven = Failures(number=0, last_at=now)
        await work.attempts.put({pair: forgiven, place: known[place].taken_back()})


def _keys(name: str, address: str | None) -> Mapping[str, Patience]:
    """Hashes: neither names nor addresses of strangers are kept."""
    place = _place(address)
    pair = hashlib.sha256(f"{place}\n{folded(name)}".encode("utf-8", "replace")).hexdigest()
    alone = hashlib.sha256(place.encode()).hexdigest()
    return {f"pair:{pair}": OF_PAIR, f"place:{alone}": OF_ADDRESS}


def _place(address: str | None) -> str:
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, _NETWORK_BITS), strict=False))
    return str(known)
