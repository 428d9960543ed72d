"""Prefixed, sortable ids: `ws_…`, `em_…`, `op_…`, `ba_…`. LDPlayer's index is never an id."""

from datetime import datetime
from typing import NewType

WorkstationId = NewType("WorkstationId", str)
EmulatorId = NewType("EmulatorId", str)
OperationId = NewType("OperationId", str)
BatchId = NewType("BatchId", str)
BackupId = NewType("BackupId", str)
ProfileId = NewType("ProfileId", str)
ScheduleId = NewType("ScheduleId", str)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
ApiTokenId = NewType("ApiTokenId", str)
ViewId = NewType("ViewId", str)
AppId = NewType("AppId", str)

ENTROPY_BYTES = 10
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def make_id(prefix: str, *, at: datetime, entropy: bytes) -> str:
    """An id whose text order is the order of time (to the millisecond), then chance.

    `entropy` is 10 random bytes; 48 bits of time and 80 of chance make 26 letters.
    """
    number = int(at.timestamp() * 1000) << 80 | int.from_bytes(entropy[:ENTROPY_BYTES])
    letters = (_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{''.join(letters)}"
