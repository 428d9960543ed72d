"""The users: managed by admins, of whom one is always left; and how the first one is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Unpack

from ldfleet import errors
from ldfleet.domain.account import Ending, User, check_password, check_rights, user_name_of
from ldfleet.domain.actor import SYSTEM, Actor, Role, Scope
from ldfleet.domain.audit import CHANGED, AuditEntry, done
from ldfleet.domain.ids import UserId
from ldfleet.ports import Clock, Listed, NewId, Page, Storage, UnitOfWork
from ldfleet.services import fields
from ldfleet.services.access import NOWHERE, Origin, stranger
from ldfleet.services.hashing import SETUP_TOKEN, hash_of, new_secret
from ldfleet.services.passwords import Passwords


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an admin says of a user."""

    role: Role
    scope: Scope | None = None
    enabled: bool = True


class Users:
    """`chance` gives that many unguessable bytes."""

    def __init__(
        self,
        *,
        storage: Storage,
        passwords: Passwords,
        clock: Clock,
        new_id: NewId,
        chance: Callable[[int], bytes],
    ) -> None:
        self._storage = storage
        self._passwords = passwords
        self._clock = clock
        self._new_id = new_id
        self._chance = chance

    async def setup_open(self) -> bool:
        """Whether the first admin has still to be made."""
        async with self._storage() as work:
            return not await work.users.any()

    async def setup_token(self) -> str | None:
        """A new token that makes the first admin, for as long as there is no account.

        Those told before are worth nothing any more.
        """
        async with self._storage() as work:
            if await work.users.any():
                return None
            token = new_secret(SETUP_TOKEN, self._chance)
            await work.setup.replace(hash_of(token), self._clock.now())
            return token

    async def set_up(
        self, token: str, name: str, password: str, *, origin: Origin = NOWHERE
    ) -> User:
        """Make the first admin; the token is used up by it.

        Raises:
            SetupFinished: there is an account already.
            SetupTokenWrong: it is not the one that was told last.
            FieldInvalid, PasswordTooWeak: try again, the token is still good.
        """
        async with self._storage() as work:
            if await work.users.any():
                raise errors.SetupFinished
            if not await work.setup.spend(hash_of(token)):
                raise errors.SetupTokenWrong
            user = self._made(name, Rights(role=Role.ADMIN), password)
            # Nobody else writes yet: the transaction may take a moment.
            await work.users.add(user, password_hash=await self._passwords.hash(password))
            work.audit.record(_added(stranger(user.name, origin), "setup", user))
        return user

    async def recover(self, name: str, password: str) -> User:
        """Make an enabled admin of that name, or of the user who has it: for who is locked out.

        Only who can write the database calls this. Raises FieldInvalid, PasswordTooWeak.
        """
        now = self._clock.now()
        fresh = self._made(name, Rights(role=Role.ADMIN), password)
        hashed = await self._passwords.hash(password)
        async with self._storage() as work:
            found = await work.users.find(fresh.name)
            if found is None:
                await work.users.add(fresh, password_hash=hashed)
                work.audit.record(_added(SYSTEM, "user.recover", fresh))
                return fresh
            wanted = replace(
                found[0],
                role=Role.ADMIN,
                scope=None,
                enabled=True,
                must_change_password=False,
                updated_at=now,
            )
            changed = await work.users.change(wanted, expected_version=found[0].version)
            await work.users.set_password(changed.id, hashed)
            await work.sessions.end_all(changed.id, at=now, because=Ending.PASSWORD_RESET)
            work.audit.record(
                done(
                    SYSTEM,
                    "user.recover",
                    at=now,
                    subject=changed.id,
                    subject_name=changed.name,
                    before=_told(found[0]),
                    after={**_told(changed), "password": CHANGED},
                )
            )
            return changed

    async def list(self, _actor: Actor, **how: Unpack[Listed]) -> Page[User]:
        async with self._storage() as work:
            return await work.users.list(**how)

    async def get(self, _actor: Actor, user_id: str) -> User:
        async with self._storage() as work:
            return await work.users.get(user_id)

    async def add(self, actor: Actor, name: str, rights: Rights, password: str) -> User:
        """Who comes in with this password has to change it first.

        Raises FieldInvalid, PasswordTooWeak, UserNameTaken.
        """
        user = replace(self._made(name, rights, password), must_change_password=True)
        hashed = await self._passwords.hash(password)
        async with self._storage() as work:
            await work.users.add(user, password_hash=hashed)
            work.audit.record(_added(actor, "user.add", user))
        return user

    async def change(
        self,
        actor: Actor,
        user_id: str,
        rights: Rights,
        *,
        password: str | None = None,
        expected_version: int | None = None,
    ) -> User:
        """Replace the rights; a `password` is a new one that has to be changed at once.

        What was taken away is gone at once; who is disabled, or has a new password, is out.

        Raises:
            FieldInvalid, PasswordTooWeak: the values are refused.
            LastAdmin: nobody would be left to manage users.
            RecordChanged: it is no longer `expected_version`.
        """
        checked = _checked(rights)
        hashed = None if password is None else await self._hashed(user_id, password)
        now = self._clock.now()
        async with self._storage() as work:
            await _keep_an_admin(work, user_id, stays=_is_admin(checked))
            found = await work.users.get(user_id, lock=True)
            wanted = replace(
                found,
                role=checked.role,
                scope=checked.scope,
                enabled=checked.enabled,
                must_change_password=found.must_change_password or hashed is not None,
                updated_at=now,
            )
            version = found.version if expected_version is None else expected_version
            changed = await work.users.change(wanted, expected_version=version)
            if hashed is not None:
                await work.users.set_password(changed.id, hashed)
            await self._end_sessions(work, changed, reset=hashed is not None)
            after = {**_told(changed), **({} if hashed is None else {"password": CHANGED})}
            work.audit.record(
                done(
                    actor,
                    "user.change",
                    at=now,
                    subject=changed.id,
                    subject_name=changed.name,
                    before=_told(found),
                    after=after,
                )
            )
        return changed

    async def remove(
        self, actor: Actor, user_id: str, *, expected_version: int | None = None
    ) -> None:
        """With all sessions and tokens; what was asked stays on record.

        Raises LastAdmin, RecordChanged.
        """
        async with self._storage() as work:
            await _keep_an_admin(work, user_id, stays=False)
            found = await work.users.get(user_id, lock=True)
            if expected_version not in {None, found.version}:
                raise errors.RecordChanged(record=f"The user {found.id}")
            await work.users.remove(found.id)
            work.audit.record(
                done(
                    actor,
                    "user.remove",
                    at=self._clock.now(),
                    subject=found.id,
                    subject_name=found.name,
                    before=_told(found),
                )
            )

    async def _hashed(self, user_id: str, password: str) -> str:
        async with self._storage() as work:
            user = await work.users.get(user_id)
        check_password(password, name=user.name)
        return await self._passwords.hash(password)

    async def _end_sessions(self, work: UnitOfWork, user: User, *, reset: bool) -> None:
        now = self._clock.now()
        if not user.enabled:
            await work.sessions.end_all(user.id, at=now, because=Ending.USER_DISABLED)
        elif reset:
            await work.sessions.end_all(user.id, at=now, because=Ending.PASSWORD_RESET)

    def _made(self, name: str, rights: Rights, password: str) -> User:
        checked, known = _checked(rights), user_name_of(name)
        check_password(password, name=known)
        now = self._clock.now()
        return User(
            id=UserId(self._new_id("us")),
            name=known,
            role=checked.role,
            scope=checked.scope,
            enabled=checked.enabled,
            created_at=now,
            updated_at=now,
        )


async def _keep_an_admin(work: UnitOfWork, user_id: str, *, stays: bool) -> None:
    """Whether an enabled admin is left without this one. It holds until the unit ends."""
    admins = await work.users.lock_admins()
    if not stays and list(admins) == [user_id]:
        raise errors.LastAdmin(name=(await work.users.get(user_id)).name)


def _is_admin(rights: Rights) -> bool:
    return rights.enabled and rights.role is Role.ADMIN


def _checked(rights: Rights) -> Rights:
    check_rights(rights.role, rights.scope)
    return replace(rights, scope=scope_of(rights.scope))


def scope_of(scope: Scope | None) -> Scope | None:
    """A scope that is one: sites and tags as they are spelt, at least one. Raises FieldInvalid."""
    if scope is None:
        return None
    if not scope.tags and not scope.sites:
        raise errors.FieldInvalid(
            field="scope", reason="it must name a tag or a site; leave it out for the whole farm"
        )
    return Scope(
        tags=frozenset(fields.tags_of(sorted(scope.tags))),
        sites=frozenset(fields.site_of(site, field="scope.sites") for site in scope.sites),
    )


def _told(user: User) -> Mapping[str, Any]:
    scope = user.scope
    return {
        "name": user.name,
        "role": user.role.value,
        "scope": None
        if scope is None
        else {"tags": sorted(scope.tags), "sites": sorted(scope.sites)},
        "enabled": user.enabled,
        "must_change_password": user.must_change_password,
    }


def _added(actor: Actor, action: str, user: User) -> AuditEntry:
    return done(
        actor,
        action,
        at=user.created_at,
        subject=user.id,
        subject_name=user.name,
        after=_told(user),
    )
