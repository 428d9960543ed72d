"""Several servers by name, and a bundle for who helps."""

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # as in tests/e2e/test_deployment.py

from ldfleet import errors
from ldfleet.domain.actor import Role
from ldfleet.domain.verb import Verb
from support.accounts import PASSWORD, a_person, the_people
from support.commandline import CommandLine, run
from support.edges import CANARY, ONLINE, Edge
from support.stores import an_operation

AWAY = "https://away.example"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


def test_servers_are_kept_by_name(home: dict[str, str], tmp_path: Path) -> None:
    words = ("config", "profiles")
    run(*words, "add", "berlin", f"{AWAY}/api/", **home)
    run(*words, "add", "oslo", "http://10.0.0.9:8080", "--use", **home)

    listed = json.loads(run(*words, "list", "-o", "json", **home).stdout)["items"]

    assert listed == [
        {"name": "berlin", "url": AWAY, "in_use": False, "signed_in": False},
        {"name": "oslo", "url": "http://10.0.0.9:8080", "in_use": True, "signed_in": False},
    ]
    kept = tmp_path / "config/ldfleet/servers.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert run(*words, "remove", "oslo", **home).exit_code == 0
    assert run(*words, "list", "-q", **home).stdout == "berlin\n"


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (["config", "profiles", "use", "none"], 11, "there is no 'none'"),
        (["config", "profiles", "remove", "none"], 11, "there is no 'none'"),
        (["config", "profiles", "add", "a b", AWAY], 2, "letters"),
        (["config", "profiles", "add", "a", "ftp://x"], 11, "http"),
        (["config", "profiles", "add", "a", "https://anna:hunter2@x"], 2, "no user or password"),
        (["--profile", "none", "status"], 11, "config profiles add"),
    ],
    ids=str,
)
def test_what_is_no_server_is_refused(
    words: list[str], exit_code: int, told: str, home: dict[str, str]
) -> None:
    done = run(*words, **home)

    assert done.exit_code == exit_code
    assert told in done.stderr
    assert "hunter2" not in done.stderr


async def test_a_profile_has_a_login_of_its_own(
    cli: CommandLine, edge: Edge, home: dict[str, str]
) -> None:
    await a_person(the_people(edge.floor), "anna", Role.VIEWER)
    url = cli.environment["LDFLEET_URL"]
    nowhere = {**home, "LDFLEET_URL": AWAY}
    await cli("config", "profiles", "add", "here", url, **home)

    signed = await cli("--profile", "here", "login", stdin=f"anna\n{PASSWORD}\n", **nowhere)
    known = await cli("--profile", "here", "whoami", **nowhere)

    assert signed.exit_code == 0, signed.stderr
    # The token of the environment is another server's, and is not sent here.
    assert "anna" in known.stdout
    by_variable = {**home, "LDFLEET_URL": "", "LDFLEET_TOKEN": "", "LDFLEET_PROFILE": "here"}
    assert "anna" in (await cli("whoami", **by_variable)).stdout


async def test_a_list_and_a_failure_are_yaml_too(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm(emulators=2, health=ONLINE, notes="no")

    listed = await cli("workstations", "list", "-o", "yaml")
    failed = await cli("operations", "show", "op_none", "-o", "yaml")

    [one] = yaml.safe_load(listed.stdout)["items"]
    assert (one["name"], one["notes"]) == ("farm-0001", "no")
    told = yaml.safe_load(failed.stderr)
    assert (told["code"], told["exit_code"]) == ("operation_not_found", 5)


def read(path: str) -> dict[str, Any]:
    with zipfile.ZipFile(path) as bundle:
        return {name: json.loads(bundle.read(name)) for name in bundle.namelist()}


async def test_a_bundle_has_what_helps_and_no_secrets(
    cli: CommandLine, edge: Edge, tmp_path: Path
) -> None:
    await edge.floor.farm(health=ONLINE)
    queued = an_operation(verb=Verb.LAUNCH, reason=f"with Bearer {edge.token}")
    await edge.floor.put(queued)
    failure = errors.ServerSaidNonsense(url=f"https://anna:{CANARY}@x", reason="no")
    async with edge.floor.database() as work:
        await work.operations.put(queued.failed(at=edge.floor.at(), failure=failure))
    await edge.added(name="pc-77")
    file = tmp_path / "bundle.zip"

    done = await cli("support-bundle", "--file", str(file))

    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip() == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = read(str(file))
    text = json.dumps(told)
    assert edge.token not in text and CANARY not in text
    assert [one["failure"]["code"] for one in told["failures.json"]] == ["server_said_nonsense"]
    assert told["status.json"]["schema_revision"] == edge.floor.database.revision
    assert told["about.json"]["variables"] == ["LDFLEET_TOKEN", "LDFLEET_URL"]
    assert {"settings.json", "problems.json", "failures.json"} <= told.keys()
    again = await cli("support-bundle", "--file", str(file))
    assert (again.exit_code, "choose another place" in again.stderr) == (2, True)


async def test_a_bundle_names_what_its_maker_may_not_see(
    cli: CommandLine, edge: Edge, tmp_path: Path
) -> None:
    anna = await a_person(the_people(edge.floor), "anna", Role.VIEWER)
    file = tmp_path / "bundle.zip"

    done = await cli("support-bundle", "--file", str(file), LDFLEET_TOKEN=anna.token)

    assert done.exit_code == 0
    assert "Without settings: This needs the role admin" in done.stderr
    told = read(str(file))
    assert "permission_denied" in told["missing.json"]["settings"]
    assert "settings.json" not in told
