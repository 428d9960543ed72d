"""Signing in, users, tokens and sessions from the command line."""

import json
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import Result

from ldfleet.domain.actor import Role
from ldfleet.services.users import Rights
from support.accounts import PASSWORD, ROOT, a_person, the_people
from support.commandline import CommandLine, run
from support.edges import Edge

NEW = "five loud canaries 6e2c"
FIRST = "first " + PASSWORD

Signed = Callable[..., Awaitable[Result]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def signed(cli: CommandLine, home: Path) -> Signed:
    """Commands without LDFLEET_TOKEN, which keep their login in `home`."""

    async def ask(*arguments: str, stdin: str | None = None) -> Result:
        return await cli(*arguments, stdin=stdin, LDFLEET_TOKEN="", XDG_CONFIG_HOME=str(home))

    return ask


async def test_a_login_is_kept_for_its_owner_alone(signed: Signed, edge: Edge, home: Path) -> None:
    await a_person(the_people(edge.floor), "anna", Role.ADMIN)

    done = await signed("login", stdin=f"anna\n{PASSWORD}\n")

    assert done.exit_code == 0, done.stderr
    assert "as anna (admin)" in done.stderr
    kept = home / "ldfleet" / "logins.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert PASSWORD not in kept.read_text() + done.output
    assert (await signed("status")).exit_code == 0
    assert "anna" in (await signed("whoami")).stdout


async def test_a_wrong_password_exits_3(signed: Signed, edge: Edge) -> None:
    await a_person(the_people(edge.floor), "anna")

    done = await signed("login", "--name", "anna", stdin=f"{NEW}\n")

    assert done.exit_code == 3
    assert "The name or the password is wrong." in done.stderr
    assert NEW not in done.output


async def test_an_expired_access_token_is_renewed_unseen(
    signed: Signed, edge: Edge, home: Path
) -> None:
    await a_person(the_people(edge.floor), "anna")
    await signed("login", stdin=f"anna\n{PASSWORD}\n")
    before = (home / "ldfleet" / "logins.json").read_text()
    edge.floor.clock.advance(3600)

    done = await signed("status")

    assert done.exit_code == 0, done.stderr
    assert (home / "ldfleet" / "logins.json").read_text() != before
    assert (await signed("status")).exit_code == 0


async def test_a_logout_leaves_nothing_behind(signed: Signed, edge: Edge, home: Path) -> None:
    await a_person(the_people(edge.floor), "anna")
    await signed("login", stdin=f"anna\n{PASSWORD}\n")

    assert (await signed("logout")).exit_code == 0

    assert json.loads((home / "ldfleet" / "logins.json").read_text())["logins"] == {}
    assert (await signed("status")).exit_code == 3
    assert (await signed("logout")).exit_code == 3


async def test_the_first_password_has_to_be_changed(signed: Signed, edge: Edge) -> None:
    await the_people(edge.floor).users.add(ROOT, "anna", Rights(role=Role.VIEWER), FIRST)

    entered = await signed("login", stdin=f"anna\n{FIRST}\n")
    early = await signed("status")
    changed = await signed("password", stdin=f"{FIRST}\n{NEW}\n")

    assert "ldfleet password" in entered.stderr
    assert early.exit_code == 4
    assert "has to be changed" in early.stderr
    assert changed.exit_code == 0, changed.stderr
    assert (await signed("status")).exit_code == 0


async def test_users_are_managed(cli: CommandLine) -> None:
    added = await cli(
        "users", "add", "eve", "--role", "operator", "--tag", "qa", stdin=f"{PASSWORD}\n"
    )
    edited = await cli("users", "edit", "eve", "--whole-farm", "--disable", "-o", "json")
    reset = await cli("users", "reset-password", "eve", stdin=f"{NEW}\n")
    listed = await cli("users", "list", "-o", "json")

    assert added.exit_code == 0, added.stderr
    assert "#qa" in added.stdout
    assert json.loads(edited.stdout)["scope"] is None
    assert reset.exit_code == 0, reset.stderr
    users = {user["name"]: user for user in json.loads(listed.stdout)["items"]}
    assert users["eve"]["enabled"] is False
    assert "qa" in (await cli("users", "edit", "eve", "--tag", "qa")).stdout
    assert "operator" in (await cli("users", "show", "eve")).stdout
    assert (await cli("users", "remove", "EVE", "--yes")).exit_code == 0
    assert (await cli("users", "show", "eve")).exit_code == 5
    assert (await cli("users", "remove", "admin", "--yes")).exit_code == 6


async def test_a_token_is_printed_alone(signed: Signed, cli: CommandLine, edge: Edge) -> None:
    await a_person(the_people(edge.floor), "anna", Role.OPERATOR)
    await signed("login", stdin=f"anna\n{PASSWORD}\n")

    made = await signed("tokens", "create", "ci", "--days", "7")
    token = made.stdout.strip()
    asked = await cli("whoami", LDFLEET_TOKEN=token)
    listed = json.loads((await signed("tokens", "list", "-o", "json")).stdout)["items"]

    assert made.exit_code == 0, made.stderr
    assert token.startswith("ldf_") and "\n" not in token
    assert "API token" in asked.stdout
    assert [each["name"] for each in listed] == ["ci"]
    assert (await signed("tokens", "revoke", listed[0]["id"])).exit_code == 0
    assert (await cli("whoami", LDFLEET_TOKEN=token)).exit_code == 3
    assert (await signed("tokens", "create", "endless")).exit_code == 2


async def test_an_api_token_makes_no_token(cli: CommandLine) -> None:
    done = await cli("tokens", "create", "heir", "--days", "1")

    assert done.exit_code == 4
    assert "ldfleet login" in done.stderr


async def test_ones_logins_are_listed_and_ended(signed: Signed, edge: Edge) -> None:
    anna = await a_person(the_people(edge.floor), "anna")
    await signed("login", stdin=f"anna\n{PASSWORD}\n")

    listed = json.loads((await signed("sessions", "list", "-o", "json")).stdout)["items"]
    ended = await signed("sessions", "revoke", anna.actor.session_id or "")
    others = await signed("sessions", "revoke", "--others")

    assert sorted(each["current"] for each in listed) == [False, False, True]
    assert ended.exit_code == 0, ended.stderr
    assert "Ended 1 logins." in others.stderr
    assert (await signed("sessions", "revoke")).exit_code == 2


def test_who_is_locked_out_makes_an_admin_at_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = run("users", "add-admin", "anna", stdin=f"{PASSWORD}\n", LDFLEET_DATA_DIR=str(tmp_path))

    assert done.exit_code == 0, done.stderr
    assert "anna is an enabled admin" in done.stderr
    assert PASSWORD.encode() not in (tmp_path / "ldfleet.db").read_bytes()
