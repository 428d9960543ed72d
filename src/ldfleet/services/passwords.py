"""Hashes of passwords: argon2id, a few at once and off the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ldfleet import errors
from ldfleet.shield import unbroken

T = TypeVar("T")

AT_ONCE = 2  # each takes 64 MiB and a core for a tenth of a second
MOST_WAITING = 64
_COME_BACK = 5  # seconds


class Passwords:
    """The parameters are RFC 9106's second choice unless a test wants it quicker."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobodys = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """What is kept of it."""
        return await self._apart(lambda: self._hasher.hash(_bytes(password)))

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the one; without a kept one it takes as long, and is not."""
        fits = await self._apart(lambda: self._verified(password, kept or self._nobodys))
        return fits and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether today it would be hashed with other parameters."""
        return self._hasher.check_needs_rehash(kept)

    def _verified(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _apart(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise errors.TooManyAttempts(retry_after_s=_COME_BACK)
        self._waiting += 1
        try:
            async with self._slots:
                return await unbroken(asyncio.to_thread(work))
        finally:
            self._waiting -= 1


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
