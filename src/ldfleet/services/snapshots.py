"""The whole fleet in one answer, column by column, for the dashboard."""

import asyncio
import gzip
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ldfleet.domain.actor import Actor, Scope
from ldfleet.ports import Clock, Feed, FleetColumns, Storage

FRESH = 1.0  # seconds that a snapshot is given again
_LEVEL = 5
_MOST_SCOPES = 32
# Values that many emulators share: each is told once, and its place in the table for each.
_SHARED = (
    "status",
    "power",
    "last_power",
    "android",
    "adb",
    "workstation_id",
    "install",
    "trouble",
    "tags",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`position` is of the change feed: whoever follows it from there misses nothing."""

    position: str
    packed: bytes
    """JSON, gzipped."""


@dataclass(slots=True)
class _Slot:
    """The last snapshot of a scope; one is made at a time."""

    making: asyncio.Lock
    made_at: float = 0.0
    snapshot: Snapshot | None = None


class Snapshots:
    """Keeps the last snapshot of each scope for a second. `reader` only reads."""

    def __init__(self, *, reader: Storage, feed: Feed, clock: Clock) -> None:
        self._reader = reader
        self._feed = feed
        self._clock = clock
        self._slots: OrderedDict[Scope | None, _Slot] = OrderedDict()

    async def of(self, actor: Actor) -> Snapshot:
        """What the actor sees, at most a second old."""
        slot = self._slots.setdefault(actor.scope, _Slot(asyncio.Lock()))
        self._slots.move_to_end(actor.scope)
        while len(self._slots) > _MOST_SCOPES:
            self._slots.popitem(last=False)
        async with slot.making:
            now = self._clock.monotonic()
            if slot.snapshot is None or now - slot.made_at > FRESH:
                slot.snapshot = await self._made(actor.scope)
                slot.made_at = now
            return slot.snapshot

    async def _made(self, scope: Scope | None) -> Snapshot:
        # The position first: a change in between is told again, never missed.
        position = await self._feed.head()
        async with self._reader() as work:
            columns = await work.emulators.columns(scope)
        packed = await asyncio.to_thread(_pack, position, columns)
        return Snapshot(position=position, packed=packed)


def _pack(position: str, columns: FleetColumns) -> bytes:
    told: dict[str, Any] = {}
    for name, values in columns.emulators.items():
        told[name] = _coded(values) if name in _SHARED else values
    document = {
        "position": position,
        "count": len(columns.emulators["id"]),
        "emulators": told,
        "workstations": columns.workstations,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=_LEVEL, mtime=0)


def _coded(values: Sequence[Any]) -> Mapping[str, Any]:
    places: dict[Any, int] = {}
    codes = [places.setdefault(_hashable(value), len(places)) for value in values]
    return {"values": list(places), "codes": codes}


def _hashable(value: Any) -> Any:
    return tuple(cast("Sequence[Any]", value)) if isinstance(value, list) else value
