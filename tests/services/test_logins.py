"""Setting up, signing in, staying signed in, signing out."""

from pathlib import Path

import pytest

from ldfleet import errors
from ldfleet.bootstrap.people import People
from ldfleet.domain.account import SessionKind
from ldfleet.domain.actor import Actor, Role
from ldfleet.domain.audit import AuditResult
from ldfleet.ports import AuditQuery
from ldfleet.services.access import Origin
from ldfleet.services.users import Rights
from support.accounts import PASSWORD, ROOT, a_person, the_people
from support.engines import Floor

HERE = Origin(address="192.0.2.1", agent="a test", correlation_id="rq_1")
ELSEWHERE = Origin(address="192.0.2.2")
NEW = "five loud canaries 6e2c"


@pytest.fixture
def who(floor: Floor) -> People:
    return the_people(floor)


def all_of(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in folder.iterdir())


async def told(floor: Floor, action: str) -> list[tuple[str, AuditResult, str | None]]:
    async with floor.database() as work:
        page = await work.audit.list(AuditQuery(action=action))
    return [(entry.actor, entry.result, entry.code) for entry in page.items]


async def test_the_first_admin_is_made_with_the_token_that_was_told_last(who: People) -> None:
    older = await who.users.setup_token()
    newer = await who.users.setup_token()

    with pytest.raises(errors.SetupTokenWrong):
        await who.users.set_up(older or "", "anna", PASSWORD)
    user = await who.users.set_up(newer or "", "anna", PASSWORD)

    assert (user.name, user.role, user.must_change_password) == ("anna", Role.ADMIN, False)
    assert (await who.logins.login("anna", PASSWORD)).user.name == "anna"


async def test_there_is_no_second_first_admin(who: People) -> None:
    token = await who.users.setup_token() or ""
    await who.users.set_up(token, "anna", PASSWORD)

    assert await who.users.setup_token() is None
    with pytest.raises(errors.SetupFinished):
        await who.users.set_up(token, "eve", PASSWORD)


async def test_a_weak_password_does_not_cost_the_setup_token(who: People) -> None:
    token = await who.users.setup_token() or ""

    with pytest.raises(errors.PasswordTooWeak):
        await who.users.set_up(token, "anna", "password1234")

    assert (await who.users.set_up(token, "anna", PASSWORD)).name == "anna"


async def test_secrets_are_kept_as_hashes_only(who: People, tmp_path: Path) -> None:
    token = await who.users.setup_token() or ""
    await who.users.set_up(token, "anna", PASSWORD)
    begun = await who.logins.login("anna", PASSWORD)
    browser = await who.logins.login("anna", PASSWORD, kind=SessionKind.COOKIE)

    kept = all_of(tmp_path)

    assert "anna" in kept
    secrets = (PASSWORD, token, begun.refresh_token, begun.access_token, browser.cookie)
    assert not [secret for secret in (*secrets, browser.csrf_token) if str(secret) in kept]


@pytest.mark.parametrize(("name", "password"), [("anna", NEW), ("nobody", PASSWORD), ("", "")])
async def test_a_wrong_name_and_a_wrong_password_look_the_same(
    who: People, name: str, password: str
) -> None:
    await a_person(who, "anna")

    with pytest.raises(errors.CredentialsWrong) as caught:
        await who.logins.login(name, password)

    assert str(caught.value) == "The name or the password is wrong."


async def test_names_are_not_told_apart_by_case(who: People) -> None:
    await a_person(who, "Anna")

    assert (await who.logins.login("ANNA", PASSWORD)).user.name == "Anna"


async def test_logins_and_failures_are_on_record(who: People, floor: Floor) -> None:
    await a_person(who, "anna")
    with pytest.raises(errors.CredentialsWrong):
        await who.logins.login("anna", NEW, origin=HERE)
    with pytest.raises(errors.CredentialsWrong):
        await who.logins.login(PASSWORD, "the password in the wrong field", origin=HERE)

    entries = await told(floor, "session.login")

    assert entries[:2] == [
        ("unknown", AuditResult.REFUSED, "credentials_wrong"),
        ("anna", AuditResult.REFUSED, "credentials_wrong"),
    ]
    assert entries[2][:2] == ("anna", AuditResult.DONE)


async def test_a_disabled_account_is_told_so_only_with_its_password(who: People) -> None:
    anna = await a_person(who, "anna")
    await who.users.change(ROOT, anna.user.id, Rights(role=Role.VIEWER, enabled=False))

    with pytest.raises(errors.AccountDisabled):
        await who.logins.login("anna", PASSWORD)
    with pytest.raises(errors.CredentialsWrong):
        await who.logins.login("anna", NEW)


async def test_the_access_token_tells_who_it_is_until_it_expires(who: People, floor: Floor) -> None:
    anna = await a_person(who, "anna", Role.OPERATOR)

    actor = await who.access.by_bearer(anna.token, HERE)

    assert (actor.name, actor.role, actor.scope) == ("anna", Role.OPERATOR, None)
    assert (actor.address, actor.correlation_id) == ("192.0.2.1", "rq_1")
    floor.clock.advance(15 * 60)
    with pytest.raises(errors.TokenExpired):
        await who.access.by_bearer(anna.token)


async def test_a_token_signed_by_another_secret_is_invalid(who: People) -> None:
    anna = await a_person(who, "anna")
    head, body, signature = anna.token.split(".")
    turned = signature[::-1]

    with pytest.raises(errors.TokenInvalid):
        await who.access.by_bearer(f"{head}.{body}.{turned}")


@pytest.mark.parametrize("token", ["", "ldf_", "ldf_ы", "a.b.c", "x" * 10_000, "\ud800"])
async def test_what_is_no_token_is_invalid(who: People, token: str) -> None:
    with pytest.raises(errors.TokenInvalid):
        await who.access.by_bearer(token)


async def test_a_session_goes_on_by_its_refresh_token(who: People, floor: Floor) -> None:
    await a_person(who, "anna")
    begun = await who.logins.login("anna", PASSWORD)

    for _ in range(3):
        floor.clock.advance(10 * 24 * 3600)
        begun = await who.logins.refresh(begun.refresh_token or "")

    assert (await who.access.by_bearer(begun.access_token or "")).name == "anna"


async def test_a_session_that_nobody_renews_ends(who: People, floor: Floor) -> None:
    await a_person(who, "anna")
    begun = await who.logins.login("anna", PASSWORD)
    floor.clock.advance(14 * 24 * 3600)

    with pytest.raises(errors.SessionEnded, match="expired"):
        await who.logins.refresh(begun.refresh_token or "")


async def test_a_refresh_token_used_twice_ends_the_session_and_is_told(
    who: People, floor: Floor
) -> None:
    await a_person(who, "anna")
    begun = await who.logins.login("anna", PASSWORD)
    renewed = await who.logins.refresh(begun.refresh_token or "")

    with pytest.raises(errors.RefreshTokenReused):
        await who.logins.refresh(begun.refresh_token or "")

    with pytest.raises(errors.SessionEnded, match="reused"):
        await who.logins.refresh(renewed.refresh_token or "")
    with pytest.raises(errors.SessionEnded):
        await who.access.by_bearer(renewed.access_token or "")
    assert await told(floor, "session.refresh") == [
        ("anna", AuditResult.REFUSED, "refresh_token_reused")
    ]


async def test_a_logout_ends_the_access_token_at_once(who: People) -> None:
    anna = await a_person(who, "anna")

    await who.logins.logout(anna.actor)

    with pytest.raises(errors.SessionEnded, match="logout"):
        await who.access.by_bearer(anna.token)


async def test_a_new_password_ends_all_other_sessions(who: People) -> None:
    anna = await a_person(who, "anna")
    other = await who.logins.login("anna", PASSWORD)

    await who.logins.change_password(anna.actor, current=PASSWORD, new=NEW)

    with pytest.raises(errors.SessionEnded, match="password_changed"):
        await who.access.by_bearer(other.access_token or "")
    assert (await who.access.by_bearer(anna.token)).name == "anna"
    assert (await who.logins.login("anna", NEW)).user.name == "anna"


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [
        (NEW, NEW, errors.CredentialsWrong),
        (PASSWORD, "short", errors.PasswordTooWeak),
        (PASSWORD, PASSWORD, errors.PasswordTooWeak),
    ],
)
async def test_a_password_is_not_changed_for_a_bad_one_or_by_a_stranger(
    who: People, current: str, new: str, error: type[errors.FleetError]
) -> None:
    anna = await a_person(who, "anna")

    with pytest.raises(error):
        await who.logins.change_password(anna.actor, current=current, new=new)

    assert (await who.logins.login("anna", PASSWORD)).user.name == "anna"


async def test_ones_own_sessions_are_listed_and_ended(who: People) -> None:
    anna, eve = await a_person(who, "anna"), await a_person(who, "eve")
    other = await who.logins.login("anna", PASSWORD, origin=HERE)
    listed = await who.logins.sessions(anna.actor)

    assert {each.address for each in listed.items} == {None, "192.0.2.1"}
    with pytest.raises(errors.SessionNotFound):
        await who.logins.revoke(eve.actor, other.session.id)
    await who.logins.revoke(anna.actor, other.session.id)
    with pytest.raises(errors.SessionNotFound):
        await who.logins.revoke(anna.actor, other.session.id)
    await who.logins.revoke_others(anna.actor)
    left = await who.logins.sessions(anna.actor)
    assert [each.id for each in left.items] == [anna.actor.session_id]


async def test_an_api_token_is_no_login(who: People) -> None:
    anna = await a_person(who, "anna")
    program = Actor(name="anna", user_id=anna.user.id, token_id="tk_1")

    with pytest.raises(errors.SessionNeeded):
        await who.logins.logout(program)
    with pytest.raises(errors.SessionNeeded):
        await who.logins.change_password(program, current=PASSWORD, new=NEW)


async def fail(who: People, name: str, origin: Origin, times: int) -> type[Exception] | None:
    last: type[Exception] | None = None
    for _ in range(times):
        try:
            await who.logins.login(name, NEW, origin=origin)
        except errors.FleetError as error:
            last = type(error)
    return last


async def test_who_guesses_has_to_wait_and_nobody_else(who: People, floor: Floor) -> None:
    await a_person(who, "anna")

    assert await fail(who, "anna", HERE, 8) is errors.CredentialsWrong
    with pytest.raises(errors.TooManyAttempts) as caught:
        await who.logins.login("anna", PASSWORD, origin=HERE)

    assert caught.value.retry_after_s == 5
    assert (await who.logins.login("anna", PASSWORD, origin=ELSEWHERE)).user.name == "anna"
    floor.clock.advance(5)
    assert (await who.logins.login("anna", PASSWORD, origin=HERE)).user.name == "anna"
    assert await fail(who, "anna", HERE, 1) is errors.CredentialsWrong


async def test_an_address_that_tries_many_names_has_to_wait(who: People) -> None:
    await a_person(who, "anna")
    for number in range(40):
        await fail(who, f"guess-{number}", HERE, 1)

    with pytest.raises(errors.TooManyAttempts):
        await who.logins.login("anna", PASSWORD, origin=HERE)
    assert (await who.logins.login("anna", PASSWORD, origin=ELSEWHERE)).user.name == "anna"


async def test_a_network_of_ipv6_addresses_counts_as_one(who: People) -> None:
    await a_person(who, "anna")
    for number in range(8):
        await fail(who, "anna", Origin(address=f"2001:db8::{number}"), 1)

    with pytest.raises(errors.TooManyAttempts):
        await who.logins.login("anna", PASSWORD, origin=Origin(address="2001:db8::ffff"))


async def test_a_browser_is_known_by_its_cookie(who: People, floor: Floor) -> None:
    await a_person(who, "anna")
    begun = await who.logins.login("anna", PASSWORD, kind=SessionKind.COOKIE)
    cookie, csrf = begun.cookie or "", begun.csrf_token or ""

    assert (begun.access_token, begun.refresh_token) == (None, None)
    assert (await who.access.by_cookie(cookie, unsafe=False, shown=None)).name == "anna"
    assert (await who.access.by_cookie(cookie, unsafe=True, shown=csrf)).name == "anna"
    for wrong in (None, "", cookie, "x" + csrf):
        with pytest.raises(errors.CsrfTokenWrong):
            await who.access.by_cookie(cookie, unsafe=True, shown=wrong)
    for _ in range(3):  # it goes on by being used
        floor.clock.advance(10 * 24 * 3600)
        assert (await who.access.by_cookie(cookie, unsafe=False, shown=None)).name == "anna"


async def test_a_cookie_and_a_refresh_token_do_not_stand_for_each_other(who: People) -> None:
    await a_person(who, "anna")
    bearer = await who.logins.login("anna", PASSWORD)
    browser = await who.logins.login("anna", PASSWORD, kind=SessionKind.COOKIE)

    with pytest.raises(errors.TokenInvalid):
        await who.logins.refresh(browser.cookie or "")
    with pytest.raises(errors.TokenInvalid):
        await who.access.by_cookie(bearer.refresh_token or "", unsafe=False, shown=None)
