"""Users and API tokens: what they may, and what ends at once."""

import asyncio
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.bootstrap.people import People
from ldfleet.domain.actor import Actor, Role, Scope
from ldfleet.domain.audit import AuditEntry
from ldfleet.ports import AuditQuery
from ldfleet.services.tokens import Draft
from ldfleet.services.users import Rights
from support.accounts import PASSWORD, ROOT, a_person, the_people
from support.engines import Floor

QA = Scope(tags=frozenset({"qa"}))
NEW = "five loud canaries 6e2c"
ADMIN = Rights(role=Role.ADMIN)
VIEWER = Rights(role=Role.VIEWER)


@pytest.fixture
def who(floor: Floor) -> People:
    return the_people(floor)


async def last_entry(floor: Floor) -> AuditEntry:
    async with floor.database() as work:
        return (await work.audit.list(AuditQuery(), limit=1)).items[0]


async def test_a_new_user_has_to_change_the_password(who: People) -> None:
    user = await who.users.add(ROOT, "anna", VIEWER, PASSWORD)
    begun = await who.logins.login("anna", PASSWORD)

    actor = await who.access.by_bearer(begun.access_token or "")

    assert user.must_change_password and actor.must_change_password
    await who.logins.change_password(actor, current=PASSWORD, new=NEW)
    assert not (await who.access.by_bearer(begun.access_token or "")).must_change_password


async def test_two_users_do_not_share_a_name(who: People) -> None:
    await who.users.add(ROOT, "Anna", VIEWER, PASSWORD)

    with pytest.raises(errors.UserNameTaken):
        await who.users.add(ROOT, "anna", VIEWER, PASSWORD)


@pytest.mark.parametrize(
    "rights",
    [
        Rights(role=Role.ADMIN, scope=QA),
        Rights(role=Role.VIEWER, scope=Scope()),
        Rights(role=Role.VIEWER, scope=Scope(tags=frozenset({"Not A Tag"}))),
        Rights(role=Role.VIEWER, scope=Scope(sites=frozenset({"../etc"}))),
    ],
)
async def test_rights_that_are_none_are_refused(who: People, rights: Rights) -> None:
    with pytest.raises(errors.FieldInvalid):
        await who.users.add(ROOT, "anna", rights, PASSWORD)


async def test_what_is_taken_away_is_gone_at_once(who: People) -> None:
    anna = await a_person(who, "anna", Role.OPERATOR)

    await who.users.change(ROOT, anna.user.id, Rights(role=Role.VIEWER, scope=QA))
    actor = await who.access.by_bearer(anna.token)

    assert (actor.role, actor.scope) == (Role.VIEWER, QA)
    assert not await who.access.still(anna.actor)
    assert await who.access.still(actor)


async def test_who_is_disabled_is_out_at_once(who: People) -> None:
    anna = await a_person(who, "anna")
    _, secret = await who.tokens.create(anna.actor, Draft(name="ci", expires_in_days=1))
    program = await who.access.by_bearer(secret)

    await who.users.change(ROOT, anna.user.id, Rights(role=Role.VIEWER, enabled=False))

    with pytest.raises(errors.SessionEnded, match="user_disabled"):
        await who.access.by_bearer(anna.token)
    with pytest.raises(errors.TokenInvalid):
        await who.access.by_bearer(secret)
    assert not await who.access.still(anna.actor)
    assert not await who.access.still(program)


async def test_a_reset_password_ends_the_sessions_and_has_to_be_changed(
    who: People, floor: Floor
) -> None:
    anna = await a_person(who, "anna")

    changed = await who.users.change(ROOT, anna.user.id, VIEWER, password=NEW)

    assert changed.must_change_password
    with pytest.raises(errors.SessionEnded, match="password_reset"):
        await who.access.by_bearer(anna.token)
    assert (await who.logins.login("anna", NEW)).user.must_change_password
    async with floor.database() as work:
        (entry, *_) = (await work.audit.list(AuditQuery(action="user.change"))).items
    assert entry.after == {"must_change_password": True, "password": "changed"}


async def test_a_removed_user_is_gone_with_everything(who: People) -> None:
    anna = await a_person(who, "anna")
    _, secret = await who.tokens.create(anna.actor, Draft(name="ci", expires_in_days=1))

    await who.users.remove(ROOT, anna.user.id)

    for token in (anna.token, secret):
        with pytest.raises(errors.TokenInvalid):
            await who.access.by_bearer(token)
    with pytest.raises(errors.UserNotFound):
        await who.users.get(ROOT, anna.user.id)


async def test_a_user_that_somebody_else_changed_is_not_overwritten(who: People) -> None:
    anna = await a_person(who, "anna")

    with pytest.raises(errors.RecordChanged):
        await who.users.change(ROOT, anna.user.id, VIEWER, expected_version=1)
    with pytest.raises(errors.RecordChanged):
        await who.users.remove(ROOT, anna.user.id, expected_version=1)


@pytest.mark.parametrize(
    "rights", [Rights(role=Role.OPERATOR), Rights(role=Role.ADMIN, enabled=False), None]
)
async def test_the_last_admin_stays(who: People, rights: Rights | None) -> None:
    anna = await a_person(who, "anna", Role.ADMIN)
    eve = await a_person(who, "eve", Role.ADMIN)
    await who.users.change(ROOT, eve.user.id, Rights(role=Role.ADMIN, enabled=False))

    with pytest.raises(errors.LastAdmin):
        await take_away(who, anna.user.id, rights)

    assert (await who.users.get(ROOT, anna.user.id)).enabled


async def take_away(who: People, user_id: str, rights: Rights | None) -> Any:
    if rights is None:
        await who.users.remove(ROOT, user_id)
    else:
        await who.users.change(ROOT, user_id, rights)


async def test_two_admins_who_remove_each_other_at_once_leave_one(who: People) -> None:
    anna = await a_person(who, "anna", Role.ADMIN)
    eve = await a_person(who, "eve", Role.ADMIN)

    ended = await asyncio.gather(
        who.users.remove(anna.actor, eve.user.id),
        who.users.remove(eve.actor, anna.user.id),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in ended) == ["LastAdmin", "NoneType"]
    assert len((await who.users.list(ROOT)).items) == 1


async def test_who_is_locked_out_can_be_let_in_at_the_database(who: People) -> None:
    anna = await a_person(who, "anna")
    await who.users.change(ROOT, anna.user.id, Rights(role=Role.VIEWER, scope=QA, enabled=False))

    mended = await who.users.recover("Anna", NEW)
    made = await who.users.recover("eve", NEW)

    assert (mended.role, mended.scope, mended.enabled) == (Role.ADMIN, None, True)
    assert (await who.logins.login("anna", NEW)).user.id == anna.user.id
    assert (await who.logins.login("eve", NEW)).user.id == made.id


async def test_a_token_may_what_it_was_made_for(who: People) -> None:
    anna = await a_person(who, "anna", Role.ADMIN)
    draft = Draft(name="ci", role=Role.OPERATOR, scope=QA, expires_in_days=7)

    token, secret = await who.tokens.create(anna.actor, draft)
    actor = await who.access.by_bearer(secret)

    assert secret.startswith("ldf_")
    assert (actor.name, actor.role, actor.scope, actor.token_id) == (
        "anna",
        Role.OPERATOR,
        QA,
        token.id,
    )


async def test_a_token_is_never_more_than_its_owner(who: People) -> None:
    wide = Scope(tags=frozenset({"qa"}), sites=frozenset({"berlin"}))
    anna = await a_person(who, "anna", Role.OPERATOR, scope=wide)
    _, secret = await who.tokens.create(
        anna.actor, Draft(name="ci", role=Role.OPERATOR, expires_in_days=7)
    )

    await who.users.change(ROOT, anna.user.id, Rights(role=Role.VIEWER, scope=QA))
    actor = await who.access.by_bearer(secret)

    assert (actor.role, actor.scope) == (Role.VIEWER, QA)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(name="ci", role=Role.ADMIN, expires_in_days=1), "role"),
        (Draft(name="ci", scope=Scope(sites=frozenset({"paris"})), expires_in_days=1), "scope"),
        (Draft(name="ci"), "expires_in_days"),
        (Draft(name="", expires_in_days=1), "name"),
    ],
)
async def test_a_token_that_would_be_more_or_endless_is_refused(
    who: People, draft: Draft, field: str
) -> None:
    anna = await a_person(who, "anna", Role.OPERATOR, scope=QA)

    with pytest.raises(errors.FieldInvalid) as caught:
        await who.tokens.create(anna.actor, draft)

    assert caught.value.field == field


async def test_a_token_ends_with_its_time_unless_it_has_none(who: People, floor: Floor) -> None:
    anna = await a_person(who, "anna")
    _, brief = await who.tokens.create(anna.actor, Draft(name="brief", expires_in_days=1))
    _, endless = await who.tokens.create(anna.actor, Draft(name="endless", never_expires=True))
    floor.clock.advance(24 * 3600)

    with pytest.raises(errors.TokenInvalid):
        await who.access.by_bearer(brief)
    assert (await who.access.by_bearer(endless)).name == "anna"


async def test_a_token_makes_no_other_token(who: People) -> None:
    anna = await a_person(who, "anna")
    _, secret = await who.tokens.create(anna.actor, Draft(name="ci", expires_in_days=1))
    program = await who.access.by_bearer(secret)

    with pytest.raises(errors.SessionNeeded):
        await who.tokens.create(program, Draft(name="heir", never_expires=True))


async def test_one_sees_and_revokes_ones_own_tokens_only(who: People, floor: Floor) -> None:
    anna, eve = await a_person(who, "anna"), await a_person(who, "eve")
    token, secret = await who.tokens.create(anna.actor, Draft(name="ci", expires_in_days=1))
    floor.clock.advance(60)
    await who.access.by_bearer(secret)

    (listed,) = (await who.tokens.list(anna.actor)).items

    assert (listed.id, listed.used_at) == (token.id, floor.clock.now())
    assert (await who.tokens.list(eve.actor)).items == []
    with pytest.raises(errors.ApiTokenNotFound):
        await who.tokens.revoke(eve.actor, token.id)
    await who.tokens.revoke(anna.actor, token.id)
    with pytest.raises(errors.TokenInvalid):
        await who.access.by_bearer(secret)


async def test_tokens_are_on_record_without_their_secrets(who: People, floor: Floor) -> None:
    anna = await a_person(who, "anna")

    token, secret = await who.tokens.create(anna.actor, Draft(name="ci", expires_in_days=1))

    entry = await last_entry(floor)
    assert (entry.actor, entry.action, entry.subject) == ("anna", "token.create", token.id)
    assert secret not in repr(entry)


async def test_ldfleet_itself_is_always_let_in(who: People) -> None:
    assert await who.access.still(Actor(name="system"))
