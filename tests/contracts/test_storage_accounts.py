"""Accounts, and what lies in a scope, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from ldfleet import errors
from ldfleet.bootstrap.people import People, people
from ldfleet.domain.account import Ending, Session, SessionKind, User
from ldfleet.domain.actor import Actor, Role, Scope
from ldfleet.domain.attempts import Failures
from ldfleet.domain.batch import Batch, BatchStatus, Policy
from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.ids import BatchId, SessionId, UserId
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.services.access import Origin
from ldfleet.services.history import History
from ldfleet.services.passwords import Passwords
from ldfleet.services.users import Rights
from ldfleet.storage.database import Database
from support.stores import START, StillClock, a_workstation, an_emulator, an_operation

PASSWORD = "four quiet canaries 5f1d"
ROOT = Actor(name="root", source="test")
EAST = Scope(sites=frozenset({"east"}))
QA = Scope(tags=frozenset({"qa"}))


def the_people(database: Database) -> People:
    clock, count = StillClock(), iter(range(1_000_000))
    return people(
        database,
        secret=b"by chance",
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
        clock=clock,
        new_id=lambda prefix: f"{prefix}_{next(count):06}",
    )


def a_user(number: int = 1, role: Role = Role.ADMIN) -> User:
    return User(
        id=UserId(f"us_{number}"),
        name=f"user-{number}",
        role=role,
        created_at=START,
        updated_at=START,
    )


def a_session(user: User) -> Session:
    return Session(
        id=SessionId("se_1"),
        user_id=user.id,
        kind=SessionKind.BEARER,
        created_at=START,
        used_at=START,
        expires_at=START + timedelta(days=1),
    )


async def test_a_session_is_found_by_the_secrets_that_it_had(database: Database) -> None:
    session, later = a_session(a_user()), START + timedelta(minutes=5)
    async with database() as work:
        await work.users.add(a_user(), password_hash=None)
        await work.sessions.add(session, secret_hash="one")
    async with database() as work:
        assert await work.sessions.find("one", lock=True) == (session, a_user(), None)
        renewed = replace(session, used_at=later)
        await work.sessions.rotate(renewed, used="one", secret_hash="two")
    async with database() as work:
        assert await work.sessions.find("one", lock=True) == (renewed, a_user(), later)
        assert await work.sessions.find("two") == (renewed, a_user(), None)
        assert await work.sessions.find("three") is None
        await work.sessions.end(session.id, at=later, because=Ending.LOGOUT)
        await work.sessions.end(session.id, at=later, because=Ending.REUSED)
        found = await work.sessions.get(session.id)
        assert found is not None and found[0].ended_because is Ending.LOGOUT
        assert (await work.sessions.live(a_user().id, now=START)).items == []


async def test_what_is_long_over_is_forgotten(database: Database) -> None:
    clock = StillClock()
    async with database() as work:
        await work.users.add(a_user(), password_hash=None)
        await work.sessions.add(a_session(a_user()), secret_hash="one")
        await work.attempts.put({"pair:x": Failures(number=3, last_at=START)})
    clock.move(32 * 24 * 3600)

    await History(storage=database, clock=clock).forget(timedelta(days=30))

    async with database() as work:
        assert await work.sessions.get("se_1") is None
        known = await work.attempts.of(["pair:x"], now=clock.now())
        assert known["pair:x"].number == 0


async def test_of_two_uses_of_a_refresh_token_at_once_one_ends_the_session(
    database: Database,
) -> None:
    who = the_people(database)
    await who.users.recover("anna", PASSWORD)
    begun = await who.logins.login("anna", PASSWORD)

    used = await asyncio.gather(
        *(who.logins.refresh(begun.refresh_token or "") for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in used) == ["RefreshTokenReused", "SignedIn"]


@pytest.mark.parametrize("remove", [True, False])
async def test_two_admins_can_not_take_each_other_away_at_once(
    database: Database, *, remove: bool
) -> None:
    who = the_people(database)
    admins = [await who.users.recover(name, PASSWORD) for name in ("anna", "eve")]

    async def take(user: User) -> None:
        if remove:
            await who.users.remove(ROOT, user.id)
        else:
            await who.users.change(ROOT, user.id, Rights(role=Role.VIEWER))

    taken = await asyncio.gather(*map(take, admins), return_exceptions=True)

    assert sorted(type(each).__name__ for each in taken) == ["LastAdmin", "NoneType"]
    async with database() as work:
        assert len(await work.users.lock_admins()) == 1


async def test_guesses_at_once_are_all_counted(database: Database) -> None:
    who = the_people(database)
    here = Origin(address="192.0.2.1")

    tried = await asyncio.gather(
        *(who.logins.login("anna", PASSWORD, origin=here) for _ in range(12)),
        return_exceptions=True,
    )

    names = [type(each).__name__ for each in tried]
    assert names.count("CredentialsWrong") == 8
    assert names.count("TooManyAttempts") == 4


async def test_two_users_of_one_name_are_a_conflict(database: Database) -> None:
    async with database() as work:
        await work.users.add(a_user(), password_hash=None)
        with pytest.raises(errors.UserNameTaken):
            await work.users.add(replace(a_user(2), name="USER-1"), password_hash=None)
        assert (await work.users.list()).items == [a_user()]


@pytest.fixture
async def two_sites(database: Database) -> Database:
    async with database() as work:
        await work.workstations.add(a_workstation(1))
        await work.workstations.add(a_workstation(2, site="east"))
        await work.emulators.put([an_emulator(1), an_emulator(2, workstation=2)])
        tagged = an_emulator(3, tags=("qa",))
        await work.emulators.put([tagged])
        await work.operations.add(an_operation(1))
        await work.operations.add(an_operation(2, emulator=2, workstation=2))
        await work.operations.add(an_operation(3, emulator=None, workstation=2))
        await work.operations.add(an_operation(4, emulator=3))
    return database


@pytest.mark.parametrize(
    ("scope", "emulators", "operations"), [(None, 3, 4), (EAST, 1, 2), (QA, 1, 1)]
)
async def test_counts_are_of_what_is_in_scope(
    two_sites: Database, scope: Scope | None, emulators: int, operations: int
) -> None:
    async with two_sites() as work:
        of_emulators = await work.emulators.counts(scope)
        of_operations = await work.operations.counts(scope)
        tally = await work.operations.tally(scope)

    assert of_emulators[EmulatorStatus.STOPPED] == emulators
    assert of_operations[OperationStatus.QUEUED] == operations
    assert sum(sum(each.values()) for each in tally.values()) == operations


async def test_a_batch_is_in_scope_with_all_its_targets_or_not_at_all(
    two_sites: Database,
) -> None:
    async with two_sites() as work:
        for name, targets in (("ba_1", (1, 2)), ("ba_2", (2,)), ("ba_3", ())):
            await work.batches.add(a_batch(name))
            await work.operations.add_many(
                [
                    an_operation(
                        int(f"{name[-1]}{number}"),
                        emulator=number,
                        workstation=number,
                        batch_id=BatchId(name),
                    )
                    for number in targets
                ]
            )
        await work.operations.add(
            an_operation(99, emulator=None, workstation=2, batch_id=BatchId("ba_2"))
        )

    async with two_sites() as work:
        every = [batch.id for batch in (await work.batches.list()).items]
        seen = [batch.id for batch in (await work.batches.list(scope=EAST)).items]
        among = await work.batches.among(["ba_1", "ba_2", "ba_3"], EAST)

    assert sorted(every) == ["ba_1", "ba_2", "ba_3"]
    assert seen == ["ba_2"]
    assert among == {"ba_2"}


def a_batch(name: str) -> Batch:
    return Batch(
        id=BatchId(name),
        verb=Verb.LAUNCH,
        params={},
        status=BatchStatus.RUNNING,
        policy=Policy(),
        total=1,
        sizes=(1,),
        requested_by="anna",
        source="api",
        created_at=START,
    )
