"""One's own API tokens: never more than their owner may, at any time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack

from ldfleet import errors
from ldfleet.domain.account import ApiToken, token_life_of, token_name_of
from ldfleet.domain.actor import Actor, Role, Scope
from ldfleet.domain.audit import done
from ldfleet.domain.ids import ApiTokenId, UserId
from ldfleet.ports import Clock, Listed, NewId, Page, Storage
from ldfleet.services.hashing import API_TOKEN, hash_of, new_secret
from ldfleet.services.users import scope_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A token as its owner describes it: with days to live, or to never expire."""

    name: str
    role: Role = Role.VIEWER
    scope: Scope | None = None
    """None: as much as its owner's."""
    metrics_only: bool = False
    expires_in_days: int | None = None
    never_expires: bool = False


class Tokens:
    """`chance` gives that many unguessable bytes."""

    def __init__(
        self, *, storage: Storage, clock: Clock, new_id: NewId, chance: Callable[[int], bytes]
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._new_id = new_id
        self._chance = chance

    async def list(self, actor: Actor, **how: Unpack[Listed]) -> Page[ApiToken]:
        async with self._storage() as work:
            user = await work.users.get(actor.user_id or "")
            return await work.tokens.list(user.id, **how)

    async def create(self, actor: Actor, draft: Draft) -> tuple[ApiToken, str]:
        """The token, and its secret, which is told this once.

        Raises:
            SessionNeeded: a token can't make another one, which might outlive it.
            FieldInvalid: it would be more than its owner may, or has no end and does not say so.
        """
        if actor.session_id is None:
            raise errors.SessionNeeded
        _check_rights(actor, draft)
        life = token_life_of(draft.expires_in_days, never=draft.never_expires)
        now, secret = self._clock.now(), new_secret(API_TOKEN, self._chance)
        token = ApiToken(
            id=ApiTokenId(self._new_id("tk")),
            user_id=UserId(actor.user_id or ""),
            name=token_name_of(draft.name),
            role=draft.role,
            scope=scope_of(draft.scope) or actor.scope,
            metrics_only=draft.metrics_only,
            created_at=now,
            expires_at=None if life is None else now + life,
        )
        async with self._storage() as work:
            await work.tokens.add(token, token_hash=hash_of(secret))
            after = {"role": token.role.value, "metrics_only": token.metrics_only}
            work.audit.record(
                done(
                    actor,
                    "token.create",
                    at=now,
                    subject=token.id,
                    subject_name=token.name,
                    after=after,
                )
            )
        return token, secret

    async def revoke(self, actor: Actor, token_id: str) -> None:
        """It lets nobody in any more. Raises ApiTokenNotFound."""
        async with self._storage() as work:
            found = await work.tokens.get(token_id)
            if found is None or found[1].id != actor.user_id:
                raise errors.ApiTokenNotFound(token=token_id)
            token, _ = found
            await work.tokens.remove(token.id)
            now = self._clock.now()
            work.audit.record(
                done(actor, "token.revoke", at=now, subject=token.id, subject_name=token.name)
            )


def _check_rights(actor: Actor, draft: Draft) -> None:
    if not actor.role.covers(draft.role):
        raise errors.FieldInvalid(
            field="role", reason=f"it must not be more than yours; {actor.role} is the most"
        )
    if draft.scope is not None and not draft.scope.within(actor.scope):
        raise errors.FieldInvalid(
            field="scope", reason="it must lie within yours; name tags and sites of your scope"
        )
