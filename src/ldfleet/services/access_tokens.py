"""Access tokens: signed, short-lived, and worth nothing once their session has ended."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from jwt.types import Options

from ldfleet import errors
from ldfleet.domain.ids import SessionId, UserId
from ldfleet.ports import Clock, NewId

LIFE = timedelta(minutes=15)

_ALGORITHM = "HS256"
_ISSUER = "ldfleet"
_AUDIENCE = "ldfleet-api"
_TYPE = "access"
_CLAIMS = ("iss", "aud", "typ", "jti", "sub", "sid", "iat", "exp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Whose it is, and of which login."""

    user_id: UserId
    session_id: SessionId


class AccessTokens:
    """JWT, HS256. What a user may do stands in the database, never in the token."""

    def __init__(self, secret: bytes, *, clock: Clock, new_id: NewId) -> None:
        # Any secret makes a key of full length, and no other use of it makes the same one.
        self._key = hashlib.blake2b(secret, digest_size=64, person=b"ldfleet-jwt").digest()
        self._clock = clock
        self._new_id = new_id

    def issue(self, claims: Claims) -> str:
        """A new one."""
        now = self._clock.now()
        content = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "typ": _TYPE,
            "jti": self._new_id("at"),
            "sub": claims.user_id,
            "sid": claims.session_id,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFE).timestamp()),
        }
        return jwt.encode(content, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> Claims:
        """Raises TokenInvalid, TokenExpired."""
        content = self._verified(token)
        texts = [content[name] for name in ("typ", "sub", "sid")]
        if texts[0] != _TYPE or not all(isinstance(text, str) for text in texts):
            raise errors.TokenInvalid
        expires: Any = content["exp"]
        if not isinstance(expires, int) or expires <= self._clock.now().timestamp():
            raise errors.TokenExpired
        return Claims(user_id=UserId(content["sub"]), session_id=SessionId(content["sid"]))

    def _verified(self, token: str) -> Mapping[str, Any]:
        options: Options = {
            "require": list(_CLAIMS),
            # The times are read by our own clock.
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        }
        try:
            content: Mapping[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                options=options,
            )
        except (jwt.PyJWTError, UnicodeError) as error:
            raise errors.TokenInvalid from error
        return content
