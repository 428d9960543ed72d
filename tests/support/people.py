"""Accounts for tests: the services with quick hashes, and people of every kind."""

from dataclasses import dataclass

from argon2 import PasswordHasher

from ldfleet.bootstrap.people import People, people
from ldfleet.domain.account import User
from ldfleet.domain.actor import Actor, Role, Scope
from ldfleet.services.access import NOWHERE, actor_of
from ldfleet.services.passwords import Passwords
from ldfleet.services.users import Rights
from support.engines import Floor

SECRET = b"a secret by chance, as far as a test can tell"
PASSWORD = "four quiet canaries 5f1d"
ROOT = Actor(name="root", source="test")


def quick_passwords() -> Passwords:
    """As real ones, but for the time they take."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def the_people(floor: Floor) -> People:
    """The services of accounts on a floor's database."""
    return people(
        floor.database,
        secret=SECRET,
        passwords=quick_passwords(),
        clock=floor.clock,
        new_id=floor.new_id,
    )


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account, signed in."""

    user: User
    actor: Actor
    token: str
    """The access token."""


async def a_person(
    who: People, name: str, role: Role = Role.VIEWER, *, scope: Scope | None = None
) -> Person:
    """A user who has changed the first password, and signed in."""
    user = await who.users.add(ROOT, name, Rights(role=role, scope=scope), "first " + PASSWORD)
    first = await who.logins.login(name, "first " + PASSWORD)
    changing = actor_of(first.user, first.session, NOWHERE)
    await who.logins.change_password(changing, current="first " + PASSWORD, new=PASSWORD)
    begun = await who.logins.login(name, PASSWORD)
    actor = actor_of(begun.user, begun.session, NOWHERE)
    return Person(user=user, actor=actor, token=begun.access_token or "")
