"""What people saved of lists: everyone's own, and what others share."""

from dataclasses import dataclass, replace
from typing import Unpack

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.ids import ViewId
from ldfleet.domain.view import View, ViewPage
from ldfleet.ports import Clock, Listed, NewId, Page, Storage, UnitOfWork
from ldfleet.services import descriptions, fields
from ldfleet.services.noting import note


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A view as a person describes it."""

    name: str
    page: ViewPage
    filter: str = ""
    sort: str = ""
    shared: bool = False


class Views:
    """A filter only chooses among what its reader sees anyway: sharing one opens nothing."""

    def __init__(self, *, storage: Storage, clock: Clock, new_id: NewId) -> None:
        self._storage = storage
        self._clock = clock
        self._new_id = new_id

    async def list(
        self,
        actor: Actor,
        *,
        page: ViewPage | None = None,
        **how: Unpack[Listed],
    ) -> Page[View]:
        async with self._storage() as work:
            user = await work.users.get(actor.user_id or "")
            return await work.views.list(user.id, page=page, **how)

    async def get(self, actor: Actor, view_id: str) -> View:
        async with self._storage() as work:
            return await _seen(work, actor, view_id)

    async def add(self, actor: Actor, draft: Draft) -> View:
        """Keep it. Raises FieldInvalid, FilterInvalid, SortInvalid, ViewNameTaken."""
        now = self._clock.now()
        async with self._storage() as work:
            user = await work.users.get(actor.user_id or "")
            view = View(
                id=ViewId(self._new_id("vw")),
                user_id=user.id,
                owner=user.name,
                name=fields.name_of(draft.name),
                page=draft.page,
                filter=draft.filter.strip(),
                sort=draft.sort.strip(),
                shared=draft.shared,
                created_at=now,
                updated_at=now,
            )
            view.check(now=now)
            await work.views.add(view)
            note(
                work,
                actor,
                "view.add",
                view,
                at=self._clock.now(),
                after=descriptions.of_view(view),
            )
        return view

    async def change(
        self, actor: Actor, view_id: str, draft: Draft, *, expected_version: int
    ) -> View:
        """Replace all but its page. Raises ViewOfAnother, and what `add` raises."""
        now = self._clock.now()
        async with self._storage() as work:
            found = await _own(work, actor, view_id)
            wanted = replace(
                found,
                name=fields.name_of(draft.name),
                filter=draft.filter.strip(),
                sort=draft.sort.strip(),
                shared=draft.shared,
                updated_at=now,
            )
            wanted.check(now=now)
            changed = await work.views.change(wanted, expected_version=expected_version)
            note(
                work,
                actor,
                "view.change",
                changed,
                at=self._clock.now(),
                before=descriptions.of_view(found),
                after=descriptions.of_view(changed),
            )
            return changed

    async def remove(
        self, actor: Actor, view_id: str, *, expected_version: int | None = None
    ) -> None:
        """Forget it. Raises ViewOfAnother, RecordChanged."""
        async with self._storage() as work:
            found = await _own(work, actor, view_id)
            if expected_version not in {None, found.version}:
                raise errors.RecordChanged(record=f"The view {found.id}")
            await work.views.remove(found.id)
            note(
                work,
                actor,
                "view.remove",
                found,
                at=self._clock.now(),
                before=descriptions.of_view(found),
            )


async def _seen(work: UnitOfWork, actor: Actor, view_id: str) -> View:
    found = await work.views.get(view_id)
    if found.user_id != actor.user_id and not found.shared:
        raise errors.ViewNotFound(view=view_id)
    return found


async def _own(work: UnitOfWork, actor: Actor, view_id: str) -> View:
    found = await _seen(work, actor, view_id)
    if found.user_id != actor.user_id:
        raise errors.ViewOfAnother(view=found.name, owner=found.owner)
    return found
