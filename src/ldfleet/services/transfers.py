"""How files of the app library leave the server: fetched with a token that is good once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from ldfleet import errors
from ldfleet.domain.app import TICKET_LASTS, LibraryApp
from ldfleet.domain.operation import Operation
from ldfleet.domain.workstation import TransportKind, Workstation
from ldfleet.ports import AppFiles, Clock, Storage, Ticket
from ldfleet.services.hashing import TRANSFER_TOKEN, hash_of, new_secret

PIECE = 1 << 20  # bytes


class Transfers:
    """Fulfils `ports.Tickets`, and takes the tickets back."""

    def __init__(
        self,
        *,
        storage: Storage,
        files: AppFiles,
        clock: Clock,
        chance: Callable[[int], bytes],
        url: str,
    ) -> None:
        """`url` is where workstations reach the server; empty where nobody knows."""
        self._storage = storage
        self._files = files
        self._clock = clock
        self._chance = chance
        self._url = url

    async def issue(
        self, operation: Operation, workstation: Workstation, app: LibraryApp
    ) -> Ticket:
        if not self._url or (_is_here(urlsplit(self._url).hostname) and _is_apart(workstation)):
            raise errors.PublicUrlNeeded(workstation=workstation.name)
        token = new_secret(TRANSFER_TOKEN, self._chance)
        async with self._storage() as work:
            await work.transfers.add(
                hash_of(token),
                operation_id=operation.id,
                app_id=app.id,
                expires_at=self._clock.now() + TICKET_LASTS,
            )
        return Ticket(url=f"{self._url}/api/transfers/{app.id}", token=token)

    def place_here(self, app: LibraryApp) -> str:
        return str(self._files.path_of(app))

    def pieces(self, app: LibraryApp) -> AsyncIterator[bytes] | None:
        path = self._files.path_of(app)
        return _read(path) if path.is_file() else None

    async def fetched(self, app_id: str, token: str) -> tuple[LibraryApp, Path]:
        """The file that the token is good for; it is good for no other, and never again.

        Raises:
            TokenInvalid: it is no such token, or its operation does not run any more.
            AppFileMissing: the file is gone.
        """
        async with self._storage() as work:
            spent = await work.transfers.spend(hash_of(token), now=self._clock.now())
            if spent is None or spent[1] != app_id:
                raise errors.TokenInvalid
            if not (await work.operations.get(spent[0])).status.active:
                raise errors.TokenInvalid
            app = await work.apps.get(app_id)
        path = self._files.path_of(app)
        if not path.is_file():
            raise errors.AppFileMissing(app=app.id)
        return app, path


async def _read(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        await asyncio.to_thread(file.close)


def _is_apart(workstation: Workstation) -> bool:
    """Whether it is another machine than the server."""
    address = workstation.address
    return address.transport is not TransportKind.LOCAL and not _is_here(address.host)


def _is_here(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
