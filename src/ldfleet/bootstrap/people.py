"""Accounts: their services, the first admin, and the way back in for who is locked out."""

import asyncio
import os
import secrets
from dataclasses import dataclass

from ldfleet import settings
from ldfleet.bootstrap.clock import SystemClock, new_id
from ldfleet.domain.actor import Actor, Role
from ldfleet.ports import Clock, NewId
from ldfleet.services.access import Access
from ldfleet.services.access_tokens import AccessTokens
from ldfleet.services.logins import Logins
from ldfleet.services.passwords import Passwords
from ldfleet.services.throttle import Throttle
from ldfleet.services.tokens import Draft, Tokens
from ldfleet.services.users import Users
from ldfleet.settings import Settings
from ldfleet.storage.connections import sqlite_path
from ldfleet.storage.database import Database
from ldfleet.storage.secret_file import secret_of

FIRST = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The services of accounts."""

    access: Access
    logins: Logins
    users: Users
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """How one gets in: what a demo tells."""

    name: str
    password: str
    token: str


def people(
    database: Database, *, secret: bytes, passwords: Passwords, clock: Clock, new_id: NewId
) -> People:
    """The services of accounts, over one database and the secret that signs access tokens."""
    tokens = AccessTokens(secret, clock=clock, new_id=new_id)
    return People(
        access=Access(storage=database, reader=database.reader, tokens=tokens, clock=clock),
        logins=Logins(
            storage=database,
            tokens=tokens,
            passwords=passwords,
            throttle=Throttle(storage=database, clock=clock),
            clock=clock,
            new_id=new_id,
            chance=secrets.token_bytes,
        ),
        users=Users(
            storage=database,
            passwords=passwords,
            clock=clock,
            new_id=new_id,
            chance=secrets.token_bytes,
        ),
        tokens=Tokens(storage=database, clock=clock, new_id=new_id, chance=secrets.token_bytes),
    )


def signing_secret(loaded: Settings) -> bytes:
    """What access tokens are signed with: of the settings, else of a file made at first use.

    Raises SettingInvalid.
    """
    if loaded.jwt_secret is not None:
        return loaded.jwt_secret.get_secret_value().encode()
    path = loaded.effective_jwt_secret_file
    return secret_of(path, setting="LDFLEET_JWT_SECRET_FILE", chance=secrets.token_bytes)


async def enter(users: Users, logins: Logins, tokens: Tokens) -> Entrance:
    """Make a first admin with a password by chance, and a token; for a database to try things."""
    password = secrets.token_urlsafe(18)
    setup = await users.setup_token()
    await users.set_up(setup or "", FIRST, password)
    begun = await logins.login(FIRST, password)
    actor = Actor(name=FIRST, role=Role.ADMIN, user_id=begun.user.id, session_id=begun.session.id)
    _, token = await tokens.create(actor, Draft(name="demo", role=Role.ADMIN, expires_in_days=30))
    await logins.logout(actor)
    return Entrance(name=FIRST, password=password, token=token)


def add_admin(name: str, password: str) -> str:
    """Make or mend an admin right in the database, for who is locked out; gives the name.

    Raises FieldInvalid, PasswordTooWeak, SettingInvalid, DatabaseUnreachable, SchemaOutdated.
    """
    return asyncio.run(_add_admin(settings.load(os.environ), name, password))


async def _add_admin(loaded: Settings, name: str, password: str) -> str:
    database = Database(
        loaded.effective_database_url,
        vault_key_file=loaded.effective_vault_key_file,
        clock=SystemClock(),
        chance=secrets.token_bytes,
    )
    try:
        if sqlite_path(loaded.effective_database_url) is not None:
            await database.migrate()
        await database.start()
        users = Users(
            storage=database,
            passwords=Passwords(),
            clock=SystemClock(),
            new_id=new_id,
            chance=secrets.token_bytes,
        )
        return (await users.recover(name, password)).name
    finally:
        await database.stop()
