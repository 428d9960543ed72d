"""The app library: what comes in, what there is, what goes."""

import ntpath
import re
from collections.abc import AsyncIterator
from typing import Unpack

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.app import LibraryApp, PlacedInstallation
from ldfleet.domain.ids import AppId
from ldfleet.ports import AppFiles, Clock, Listed, NewId, Page, Received, Storage, UnitOfWork
from ldfleet.services import descriptions
from ldfleet.services.noting import note

NAME_LENGTH = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Apps:
    """The same file is kept once, however often it is sent."""

    def __init__(
        self,
        *,
        storage: Storage,
        files: AppFiles,
        clock: Clock,
        new_id: NewId,
        size_limit: int,
        library_limit: int,
    ) -> None:
        """`size_limit` bytes a file may have, and `library_limit` all of them."""
        self._storage = storage
        self._files = files
        self._clock = clock
        self._new_id = new_id
        self._size_limit = size_limit
        self._library_limit = library_limit

    async def list(self, _actor: Actor, **how: Unpack[Listed]) -> Page[LibraryApp]:
        async with self._storage() as work:
            return await work.apps.list(**how)

    async def get(self, _actor: Actor, app_id: str) -> LibraryApp:
        async with self._storage() as work:
            return await work.apps.get(app_id)

    async def places(
        self, actor: Actor, app_id: str, **how: Unpack[Listed]
    ) -> tuple[LibraryApp, Page[PlacedInstallation]]:
        """The app, and the emulators that its package was seen on, in whichever version."""
        async with self._storage() as work:
            app = await work.apps.get(app_id)
            page = await work.installations.list(app.facts.package, scope=actor.scope, **how)
        return app, page

    async def upload(
        self, actor: Actor, chunks: AsyncIterator[bytes], *, file_name: str, announced: int | None
    ) -> tuple[LibraryApp, bool]:
        """Take a file in; and whether it was not there before.

        `announced` are the bytes it is said to have, None where nobody said.

        Raises:
            FieldInvalid: the name is not one that can be shown.
            AppTooLarge, AppLibraryFull: there is no room for so much.
            AppRefused: it is no app that can be installed.
            RecordChanged: the same file came in at the same moment; send it again.
        """
        file_name = _name_of(file_name)
        async with self._storage() as work:
            room = self._library_limit - await work.apps.size()
        self._check_room(announced or 0, room)
        limit = min(self._size_limit, max(room, 0))
        try:
            async with self._files.receive(chunks, limit=limit) as received:
                return await self._taken(actor, received, file_name)
        except errors.AppTooLarge:
            self._check_room(limit + 1, room)
            raise

    async def remove(self, actor: Actor, app_id: str) -> None:
        """Take it and its file away; where it was installed it stays. Raises AppInUse."""
        async with self._storage() as work:
            found = await work.apps.get(app_id)
            if wanting := await work.apps.wanted_by(found.id):
                raise errors.AppInUse(app=found.id, operations=wanting)
            await work.apps.remove(found.id)
            now = self._clock.now()
            note(work, actor, "app.remove", found, at=now, before=descriptions.of_app(found))
        await self._files.remove(found)

    async def sweep(self) -> None:
        """Remove files that nothing is on record of: a server ended between the two."""
        async with self._storage() as work:
            known = await work.apps.checksums()
        await self._files.sweep(known)

    async def _taken(
        self, actor: Actor, received: Received, file_name: str
    ) -> tuple[LibraryApp, bool]:
        async with self._storage() as work:
            known = await work.apps.find(received.sha256)
            if known is not None:
                await self._files.keep(received)  # the file may be gone, or torn
                return known, False
            self._check_room(received.size, self._library_limit - await work.apps.size())
            app = LibraryApp(
                id=AppId(self._new_id("ap")),
                facts=received.facts,
                file_name=file_name,
                size=received.size,
                sha256=received.sha256,
                uploaded_by=actor.name,
                created_at=self._clock.now(),
            )
            await self._added(work, actor, app, received)
        return app, True

    async def _added(
        self, work: UnitOfWork, actor: Actor, app: LibraryApp, received: Received
    ) -> None:
        await work.apps.add(app)
        note(work, actor, "app.add", app, at=app.created_at, after=descriptions.of_app(app))
        # Last: a file without a record is swept, a record without a file would be a lie.
        await self._files.keep(received)

    def _check_room(self, size: int, room: int) -> None:
        if size > self._size_limit:
            raise errors.AppTooLarge(limit=self._size_limit)
        if size > room:
            raise errors.AppLibraryFull(
                reason=f"{max(room, 0)} of {self._library_limit} bytes are left"
            )


def _name_of(file_name: str) -> str:
    name = ntpath.basename(file_name).strip()
    if not 1 <= len(name) <= NAME_LENGTH or _CONTROL.search(name):
        raise errors.FieldInvalid(
            field="file_name",
            reason=f"it must have 1 to {NAME_LENGTH} characters and no control characters; "
            "write it as game.apk",
        )
    return name
