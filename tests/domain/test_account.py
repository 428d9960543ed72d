"""Names, passwords and rights of accounts; how long guessing is held up."""

from datetime import UTC, datetime, timedelta

import pytest

from ldfleet import errors
from ldfleet.domain import account
from ldfleet.domain.actor import Role, Scope, common
from ldfleet.domain.attempts import FORGOTTEN, OF_PAIR, Failures

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["anna", "Anna.Berg", "a-b_c@example.com", "李雷", "анна", "Ōe大江", "7up"]
)
def test_a_plain_name_is_fine(name: str) -> None:
    assert account.user_name_of(f" {name} ") == name


@pytest.mark.parametrize("name", ["", " ", "two words", "-dash", "a:b", "x" * 65, "a\x00b", "a/b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(errors.FieldInvalid, match="name"):
        account.user_name_of(name)


@pytest.mark.parametrize(
    "name", ["\N{CYRILLIC SMALL LETTER A}nna", "\N{GREEK SMALL LETTER OMICRON}tto"]
)
def test_a_name_of_letters_that_look_like_others_is_refused(name: str) -> None:
    with pytest.raises(errors.FieldInvalid, match="one script"):
        account.user_name_of(name)


@pytest.mark.parametrize("name", ["system", "SYSTEM", "schedule"])
def test_the_names_of_ldfleet_itself_are_taken(name: str) -> None:
    with pytest.raises(errors.FieldInvalid, match="ldfleet itself"):
        account.user_name_of(name)


def test_names_that_look_alike_are_the_same() -> None:
    assert account.folded("\N{FULLWIDTH LATIN CAPITAL LETTER A}nna") == account.folded("anna")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "eleven chrs",
        "x" * 257,
        "anna-berg-1978",
        "Anna.Berg2026",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "123456789012",
        "qwertyuiopas",
        "Password1234!",
        "P@ssw0rd2026!!!",
        "changeme!!!!!",
        "LDPlayer2026!",
        "passwordpassword",
        "8201947362018",
        "correcthorsebatterystaple",
    ],
)
def test_a_weak_password_is_refused_without_being_repeated(password: str) -> None:
    with pytest.raises(errors.PasswordTooWeak) as caught:
        account.check_password(password, name="anna.berg")

    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password", ["four quiet canaries", "uV7#kq2!mZp9", "Änderung über Nacht", "anna likes 9 cats"]
)
def test_a_good_password_is_fine(password: str) -> None:
    account.check_password(password, name="anna")


def test_an_admin_has_the_whole_farm() -> None:
    with pytest.raises(errors.FieldInvalid, match="scope"):
        account.check_rights(Role.ADMIN, Scope(tags=frozenset({"qa"})))


@pytest.mark.parametrize(("days", "never"), [(None, False), (7, True), (0, False), (3651, False)])
def test_a_token_has_an_end_or_says_that_it_has_none(days: int | None, *, never: bool) -> None:
    with pytest.raises(errors.FieldInvalid, match="expires_in_days"):
        account.token_life_of(days, never=never)


def test_of_two_scopes_what_both_name_is_left() -> None:
    one = Scope(tags=frozenset({"qa", "spare"}), sites=frozenset({"berlin"}))
    other = Scope(tags=frozenset({"qa"}), sites=frozenset({"paris"}))

    left = common(one, other)

    assert left is not None
    assert left == Scope(tags=frozenset({"qa"}))
    assert left.within(one) and left.within(other) and left.within(None)
    assert not one.within(left)
    assert common(None, one) == one
    assert common(None, None) is None


def test_the_lesser_of_two_roles_holds() -> None:
    assert Role.ADMIN.at_most(Role.VIEWER) is Role.VIEWER
    assert Role.VIEWER.at_most(Role.ADMIN) is Role.VIEWER


def test_holds_grow_after_the_free_failures_and_not_without_end() -> None:
    failures = Failures(number=0, last_at=NOW)
    holds: list[int] = []
    for _ in range(20):
        failures = failures.another(OF_PAIR, NOW)
        holds.append(failures.held(NOW))

    assert holds[:7] == [0] * 7
    assert holds[7:11] == [5, 10, 20, 40]
    assert holds[-1] == 900


def test_old_failures_are_forgotten() -> None:
    failures = Failures(number=30, last_at=NOW)

    later = failures.another(OF_PAIR, NOW + FORGOTTEN + timedelta(seconds=1))

    assert later.number == 1
    assert later.held(later.last_at) == 0
