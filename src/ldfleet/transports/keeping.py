"""What a connector keeps between uses: a pool for each workstation, and its logins."""

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Address, Credentials, Workstation
from ldfleet.ports import Clock

_Key = tuple[Address, Credentials]
_REMEMBERED_LOGINS = 16
"""For one workstation: the kept one, and refused ones."""


TRIED_AGAIN_AFTER = 120.0
"""Seconds between two real tries of a refused login by tests of people: 5 in 10 minutes, where
Windows as it is installed today locks an account after 10."""


class KeptLogin(Protocol):
    """A login that knows whether it was refused."""

    @property
    def refused(self) -> bool:
        """It was, and is not tried again."""
        ...


class KeptPool(Protocol):
    """Connections to one address with one set of credentials."""

    def retire(self) -> None:
        """Close what is idle now and the rest after use; open nothing new."""
        ...

    async def close(self) -> None:
        """Close all of it; no task is left."""
        ...


P = TypeVar("P", bound=KeptPool)
L = TypeVar("L", bound=KeptLogin)


class Keeping(Generic[P, L]):
    """Changed addresses and credentials get new ones; a refused login stays refused."""

    def __init__(
        self,
        *,
        open_pool: Callable[[Workstation, Credentials, L], P],
        new_login: Callable[[Workstation, Credentials], L],
        clock: Clock,
    ) -> None:
        self._open_pool = open_pool
        self._new_login = new_login
        self._pools: dict[WorkstationId, tuple[_Key, P]] = {}
        self._logins: dict[WorkstationId, dict[_Key, L]] = {}
        self._tried_again: dict[WorkstationId, float] = {}
        self._clock = clock
        self._closed = False

    def pool(self, workstation: Workstation, credentials: Credentials) -> P:
        """The one to use. Raises ShuttingDown."""
        if self._closed:
            raise errors.ShuttingDown
        key = (workstation.address, credentials)
        kept = self._pools.get(workstation.id)
        if kept is not None and kept[0] == key:
            return kept[1]
        if kept is not None:
            kept[1].retire()
        pool = self._open_pool(workstation, credentials, self.login(workstation, credentials))
        self._pools[workstation.id] = (key, pool)
        return pool

    def login(self, workstation: Workstation, credentials: Credentials) -> L:
        """The login for this address with these credentials: the same each time."""
        key = (workstation.address, credentials)
        logins = self._logins.setdefault(workstation.id, {})
        if key not in logins:
            while len(logins) >= _REMEMBERED_LOGINS:
                del logins[next(iter(logins))]
            logins[key] = self._new_login(workstation, credentials)
        return logins[key]

    async def login_to_test(self, workstation: Workstation, credentials: Credentials) -> L:
        """The same, for a person's test: one that was refused is tried anew, though not too often.

        Whatever caused the refusal may be gone, and nothing else would find that out.
        """
        login, now = self.login(workstation, credentials), self._clock.monotonic()
        before = self._tried_again.get(workstation.id)
        if not login.refused or (before is not None and now - before < TRIED_AGAIN_AFTER):
            return login
        self._tried_again[workstation.id] = now
        key = (workstation.address, credentials)
        del self._logins[workstation.id][key]
        kept = self._pools.get(workstation.id)
        if kept is not None and kept[0] == key:
            del self._pools[workstation.id]
            await kept[1].close()
        return self.login(workstation, credentials)

    async def forget(self, workstation_id: WorkstationId) -> None:
        """Close what is kept for a workstation; a refused login may be tried again after it."""
        self._logins.pop(workstation_id, None)
        _, pool = self._pools.pop(workstation_id, (None, None))
        if pool is not None:
            await pool.close()

    async def aclose(self) -> None:
        """Close everything; no task is left."""
        self._closed = True
        pools, self._pools = self._pools, {}
        self._logins.clear()
        async with asyncio.TaskGroup() as group:
            for _, pool in pools.values():
                group.create_task(pool.close())
