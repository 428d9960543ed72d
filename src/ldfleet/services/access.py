"""Who may come in: API tokens, of which only the hash is kept."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.ports import Clock, Storage

PREFIX = "ldf_"
FIRST = "admin"
_BYTES = 32


class Access:
    """Tokens carry 256 bits of chance, so a plain hash of them can't be guessed back."""

    def __init__(self, *, storage: Storage, clock: Clock, chance: Callable[[int], bytes]) -> None:
        """`chance` gives that many unguessable bytes."""
        self._storage = storage
        self._clock = clock
        self._chance = chance

    async def actor_of(self, token: str) -> Actor:
        """Whose token it is. Raises TokenInvalid."""
        async with self._storage() as work:
            name = await work.tokens.name_of(_hash(token))
        if name is None:
            raise errors.TokenInvalid
        return Actor(name=name)

    async def first_token(self) -> str | None:
        """A new token for the administrator, if there is none at all; told this once only."""
        async with self._storage() as work:
            if await work.tokens.any():
                return None
            token = PREFIX + urlsafe_b64encode(self._chance(_BYTES)).rstrip(b"=").decode()
            await work.tokens.add(name=FIRST, token_hash=_hash(token), at=self._clock.now())
            return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
