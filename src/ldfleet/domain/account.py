"""People's accounts, their logins and their API tokens; what a name and a password may be."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from ldfleet import errors
from ldfleet.domain.actor import Role, Scope
from ldfleet.domain.ids import ApiTokenId, SessionId, UserId

NAME_LENGTH = 64
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LONGEST_TOKEN_DAYS = 3650

_RESERVED = frozenset({"system", "schedule", "engine", "demo"})
"""Names that ldfleet itself acts by."""
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "COPTIC", "CHEROKEE", "LISU"})
"""Scripts with letters that can't be told from those of another."""
_NAME = re.compile(r"\w[\w.@+-]*")
_FEWEST_KINDS = 5  # of characters in a password
_LEAST_BESIDE_NAME = 8  # characters that a password has besides its owner's name
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_SHORTEST_PART = 3
_AROUND = "0123456789_-.,!?$#@*+= "
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_WORDS = """
password passwort passw administrator admin root welcome letmein iloveyou qwerty qwertz azerty
qwertyuiop asdfghjkl monkey dragon sunshine princess football baseball superman batman master
shadow michael changeme change default secret trustno login access hello freedom whatever
computer internet samsung google starwars pokemon test tester testing example correcthorse
correcthorsebatterystaple ldplayer ldfleet emulator android workstation
qazwsx qazwsxedc zaqwsx asdf zxcvbnm
"""
_COMMON = frozenset(_WORDS.split())


class SessionKind(StrEnum):
    """How a login proves itself afterwards."""

    BEARER = auto()
    """By access tokens, renewed with refresh tokens."""
    COOKIE = auto()
    """By a cookie that a browser keeps."""


class Ending(StrEnum):
    """Why a session ended before its time."""

    LOGOUT = auto()
    REVOKED = auto()
    REUSED = auto()
    """A refresh token was used twice: somebody may have copied it."""
    PASSWORD_CHANGED = auto()
    PASSWORD_RESET = auto()
    USER_DISABLED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person's account. The hash of the password is kept apart and never comes along."""

    id: UserId
    name: str
    role: Role
    scope: Scope | None = None
    """None: the whole farm."""
    enabled: bool = True
    must_change_password: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime
    last_login_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A login that goes on until it expires, or is ended."""

    id: SessionId
    user_id: UserId
    kind: SessionKind
    agent: str | None = None
    """What the program called itself."""
    address: str | None = None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ended_because: Ending | None = None

    def check_live(self, now: datetime) -> None:
        """Raises SessionEnded."""
        if self.ended_because is not None:
            raise errors.SessionEnded(because=self.ended_because)
        if self.ended_at is not None or self.expires_at <= now:
            raise errors.SessionEnded(because="expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A secret for a program, which acts in its owner's name with no more than these rights."""

    id: ApiTokenId
    user_id: UserId
    name: str
    role: Role
    scope: Scope | None = None
    metrics_only: bool = False
    created_at: datetime
    expires_at: datetime | None = None
    """None: it was made to never expire."""
    used_at: datetime | None = None
    """To some minutes."""


def folded(name: str) -> str:
    """What two names share that people don't tell apart."""
    return unicodedata.normalize("NFKC", name).casefold()


def user_name_of(text: str) -> str:
    """A name to sign in with. Raises FieldInvalid."""
    name = unicodedata.normalize("NFKC", text.strip())
    if not _NAME.fullmatch(name) or len(name) > NAME_LENGTH:
        raise errors.FieldInvalid(
            field="name",
            reason=f"it must have 1 to {NAME_LENGTH} letters, digits or . _ - @ +, a letter or "
            "digit first; spell it so",
        )
    if len(_scripts(name) & _ALIKE) > 1:
        raise errors.FieldInvalid(
            field="name",
            reason="its letters must be of one script: some look like those of another; type it "
            "anew on one keyboard",
        )
    if folded(name) in _RESERVED:
        raise errors.FieldInvalid(
            field="name", reason=f"{name} is what ldfleet itself acts by; choose another one"
        )
    return name


def _scripts(name: str) -> set[str]:
    """The alphabets of its letters, by the first word of their names in Unicode."""
    return {unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()}


def token_name_of(text: str) -> str:
    """What people call an API token. Raises FieldInvalid."""
    name = text.strip()
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise errors.FieldInvalid(
            field="name", reason=f"it must have 1 to {NAME_LENGTH} printable characters"
        )
    return name


def token_life_of(days: int | None, *, never: bool) -> timedelta | None:
    """How long an API token lives; None only for who says so. Raises FieldInvalid."""
    if never is (days is not None):
        raise errors.FieldInvalid(
            field="expires_in_days",
            reason="send it, or never_expires for a token without an end; one of them",
        )
    if days is None:
        return None
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise errors.FieldInvalid(
            field="expires_in_days", reason=f"it must be from 1 to {LONGEST_TOKEN_DAYS} days"
        )
    return timedelta(days=days)


def check_rights(role: Role, scope: Scope | None) -> None:
    """Whether an account may have these. Raises FieldInvalid."""
    if role is Role.ADMIN and scope is not None:
        raise errors.FieldInvalid(
            field="scope",
            reason="an admin has the whole farm; leave it out, or give the role operator",
        )


def check_password(password: str, *, name: str) -> None:
    """Raises PasswordTooWeak, which does not say what was sent."""
    reason = _weakness(password, name)
    if reason is not None:
        raise errors.PasswordTooWeak(reason=reason)


def _weakness(password: str, name: str) -> str | None:
    plain = folded(password)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"it must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
    if len(_without(plain, name)) < min(len(plain), _LEAST_BESIDE_NAME):
        return "it is the name, or little more"
    if len(set(plain)) < _FEWEST_KINDS:
        return "it has too few different characters"
    if any(plain in run * 2 or plain[::-1] in run * 2 for run in _RUNS):
        return "it is a row of keys or digits"
    if _is_common(plain):
        return "it is among the commonest"
    return None


def _without(plain: str, name: str) -> str:
    """What is left without the name and its parts."""
    for part in (folded(name), *re.split(r"[\W_]+", folded(name))):
        if len(part) >= _SHORTEST_PART:
            plain = plain.replace(part, "")
    return plain


def _is_common(plain: str) -> bool:
    """A common word, digits and signs around it, some letters replaced, perhaps repeated."""
    word = plain.strip(_AROUND)
    if not word:
        return True
    half = word[: len(word) // 2]
    once = half if half * 2 == word else word
    return not _COMMON.isdisjoint({word, once, word.translate(_LEET), once.translate(_LEET)})
