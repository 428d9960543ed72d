"""The profiles on record."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.hardware import params_of, settings_of
from ldfleet.domain.ids import ProfileId
from ldfleet.domain.nouns import PROFILES
from ldfleet.domain.profile import App, IdRule, Profile
from ldfleet.ports import Listed, Page
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed
from ldfleet.storage.tables import profiles

_c = profiles.c
_LISTING = Listing(
    noun=PROFILES,
    columns={
        "name": _c.name,
        "created": _c.created_at,
        "updated": _c.updated_at,
        "id": _c.id,
    },
    own=Order("profiles", (_c.name, _c.id)),
    id=_c.id,
)


class StoredProfiles:
    """`ports.Profiles` in the table of profiles."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, profile_id: str) -> Profile:
        row = await self._transaction.row(sa.select(profiles).where(_c.id == profile_id))
        if row is None:
            raise errors.ProfileNotFound(profile=profile_id)
        return _profile_of(row)

    async def list(self, **how: Unpack[Listed]) -> Page[Profile]:
        return await listed(self._transaction, sa.select(profiles), _LISTING, _profile_of, how)

    async def add(self, profile: Profile) -> None:
        row = {
            "id": profile.id,
            "version": profile.version,
            "created_at": profile.created_at,
            **_row_of(profile),
        }
        taken = errors.ProfileNameTaken(name=profile.name)
        await self._transaction.execute(sa.insert(profiles), [row], conflict=taken)

    async def change(self, profile: Profile, *, expected_version: int) -> Profile:
        statement = (
            sa.update(profiles)
            .where(_c.id == profile.id, _c.version == expected_version)
            .values(**_row_of(profile), version=expected_version + 1)
        )
        taken = errors.ProfileNameTaken(name=profile.name)
        result = await self._transaction.execute(statement, conflict=taken)
        stored = await self.get(profile.id)
        if not result.rowcount:
            raise errors.RecordChanged(record=f"The profile {profile.id}")
        return stored

    async def remove(self, profile_id: ProfileId) -> None:
        await self._transaction.execute(sa.delete(profiles).where(_c.id == profile_id))


def _profile_of(row: Mapping[str, Any]) -> Profile:
    content = row["content"]
    return Profile(
        id=ProfileId(row["id"]),
        name=row["name"],
        settings=settings_of(content["settings"]),
        identity={name: IdRule(rule) for name, rule in content["identity"].items()},
        apps=tuple(App(**app) for app in content["apps"]),
        tags=tuple(content["tags"]),
        notes=content["notes"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _row_of(profile: Profile) -> dict[str, Any]:
    content = {
        "settings": params_of(profile.settings),
        "identity": dict(profile.identity),
        "apps": [asdict(app) for app in profile.apps],
        "tags": list(profile.tags),
        "notes": profile.notes,
    }
    return {"name": profile.name, "content": content, "updated_at": profile.updated_at}
