"""Workstations from the command line; passwords never pass through arguments."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ldfleet.domain.workstation import Credentials
from support.commandline import CommandLine
from support.edges import CANARY, Edge

ADD = ("workstations", "add", "pc-01", "10.0.0.5", "--username", "farm")


async def credentials(edge: Edge) -> Credentials:
    async with edge.floor.database() as work:
        [only] = await work.workstations.every()
        return await work.secrets.get(only.id)


async def added(cli: CommandLine, *options: str) -> Any:
    done = await cli(*ADD, *options, "-o", "json", LDFLEET_PASSWORD=CANARY)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


async def test_a_password_comes_by_standard_input(cli: CommandLine, edge: Edge) -> None:
    done = await cli(*ADD, "--password-stdin", stdin=f"{CANARY}\n")

    assert done.exit_code == 0, done.stderr
    assert (await credentials(edge)).password == CANARY
    assert CANARY not in done.output
    assert "ldfleet workstations test pc-01" in done.stderr


async def test_a_password_comes_by_the_environment(cli: CommandLine, edge: Edge) -> None:
    workstation = await added(cli, "--tag", "qa", "--tag", "eu", "--boots", "3")

    assert (await credentials(edge)).password == CANARY
    assert (workstation["tags"], workstation["limits"]["boots"]) == (["qa", "eu"], 3)
    assert CANARY not in json.dumps(workstation)


async def test_without_a_password_it_is_said_what_is_missing(cli: CommandLine) -> None:
    done = await cli(*ADD)

    assert done.exit_code == 2
    assert "The field password is refused" in done.stderr


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (["--port", "0"], "port"),
        (["--certificate-sha256", "4f"], "certificate_sha256"),
        (["--ldplayer-path", "x" * 500], "ldplayer_path"),
        (["--boots", "0"], "limits.boots"),
        (["--tag", "a b"], "tags"),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    cli: CommandLine, options: list[str], field: str
) -> None:
    done = await cli(*ADD, *options, LDFLEET_PASSWORD=CANARY)

    assert done.exit_code == 2
    assert field in done.stderr
    assert CANARY not in done.output


async def test_a_taken_name_exits_6(cli: CommandLine) -> None:
    await added(cli)

    assert (await cli(*ADD, LDFLEET_PASSWORD=CANARY)).exit_code == 6


async def test_a_client_certificate_is_read_from_files(
    cli: CommandLine, edge: Edge, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")
    key.write_text(f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n")

    done = await cli(
        *("workstations", "add", "pc-01", "10.0.0.5", "--login", "certificate"),
        *("--client-certificate-file", str(certificate), "--client-key-file", str(key)),
    )

    assert done.exit_code == 0, done.stderr
    assert CANARY in ((await credentials(edge)).private_key_pem or "")
    assert CANARY not in done.output


async def test_a_file_that_is_no_text_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(b"\xff\x00")

    done = await cli(*ADD, "--ca-file", str(tmp_path / "ca.pem"), LDFLEET_PASSWORD=CANARY)

    assert done.exit_code == 2
    assert "can't be read as PEM text" in done.stderr


async def test_an_edit_changes_what_is_given_and_nothing_else(cli: CommandLine, edge: Edge) -> None:
    await cli("sites", "add", "berlin")
    await added(cli, "--notes", "old", "--tag", "qa", "--site", "berlin")

    done = await cli(
        *("workstations", "edit", "pc-01", "--name", "pc-09", "--notes", "", "-o", "json")
    )

    changed = json.loads(done.stdout)
    assert (changed["name"], changed["notes"], changed["tags"]) == ("pc-09", "", ["qa"])
    assert changed["site"] == "berlin"
    assert (await credentials(edge)).password == CANARY


@pytest.mark.parametrize(
    ("options", "field"), [(["--boots", "0"], "limits.boots"), (["--port", "0"], "port")]
)
async def test_an_edit_to_a_wrong_value_is_refused_by_name(
    cli: CommandLine, options: list[str], field: str
) -> None:
    await added(cli)

    done = await cli("workstations", "edit", "pc-01", *options)

    assert done.exit_code == 2
    assert field in done.stderr
    assert "Traceback" not in done.output


async def test_an_edit_switches_tls_off(cli: CommandLine) -> None:
    await added(cli)

    done = await cli(
        *("workstations", "edit", "pc-01", "--no-tls", "--port", "5985", "-o", "json"),
        LDFLEET_PASSWORD=CANARY,
    )

    assert json.loads(done.stdout)["tls"] is False


async def test_an_edit_takes_a_new_password_only_if_told_to(cli: CommandLine, edge: Edge) -> None:
    await added(cli)

    await cli("workstations", "edit", "pc-01", "--notes", "n", LDFLEET_PASSWORD="other")
    kept = await credentials(edge)
    done = await cli("workstations", "edit", "pc-01", "--password-stdin", stdin="new\n")

    assert done.exit_code == 0, done.stderr
    assert (kept.password, (await credentials(edge)).password) == (CANARY, "new")


async def test_an_edit_of_the_address_takes_the_password_again(
    cli: CommandLine, edge: Edge
) -> None:
    await added(cli)
    edit = ("workstations", "edit", "pc-01", "--host", "10.0.0.9")

    without = await cli(*edit)
    done = await cli(*edit, LDFLEET_PASSWORD="known")

    assert without.exit_code == 2
    assert "password is needed" in without.stderr
    assert done.exit_code == 0, done.stderr
    assert (await credentials(edge)).password == "known"


async def test_an_edit_of_nothing_is_refused(cli: CommandLine) -> None:
    await added(cli)

    assert (await cli("workstations", "edit", "pc-01")).exit_code == 2


async def test_a_removal_is_confirmed(cli: CommandLine) -> None:
    await added(cli)

    unsure = await cli("workstations", "remove", "pc-01")
    sure = await cli("workstations", "remove", "pc-01", "--yes")

    assert (unsure.exit_code, sure.exit_code) == (2, 0)
    assert (await cli("workstations", "list", "-o", "name")).stdout == ""


async def test_a_workstation_is_held_and_released(cli: CommandLine) -> None:
    await added(cli)

    unexplained = await cli("workstations", "hold", "pc-01", "--reason", "")
    held = await cli("workstations", "hold", "pc-01", "--reason", "new disk")
    released = await cli("workstations", "release", "pc-01", "-o", "json")

    assert unexplained.exit_code == 2
    assert "maintenance" in held.stdout
    assert json.loads(released.stdout)["maintenance"] is None


async def test_a_scan_is_asked_for(cli: CommandLine, edge: Edge) -> None:
    await added(cli)

    done = await cli("workstations", "scan", "pc-01", "--no-wait")

    assert done.exit_code == 0
    assert (await edge.floor.operation(done.stdout.strip())).verb == "scan"


async def test_a_connection_test_that_stops_half_way_is_told_in_words(cli: CommandLine) -> None:
    await added(cli)
    mute = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with mute:
        port = str(mute.sockets[0].getsockname()[1])
        await cli("workstations", "edit", "pc-01", "--host", "127.0.0.1", "--port", port)
        done = await cli("workstations", "test", "pc-01")

    assert "pc-01 is there, but does not let ldfleet in (" in done.stderr
    assert done.exit_code == 12


async def test_a_connection_test_shows_the_rungs_and_the_remedy(cli: CommandLine) -> None:
    await added(cli)
    elsewhere = ("--host", "127.0.0.1", "--port", "1")
    await cli("workstations", "edit", "pc-01", *elsewhere, LDFLEET_PASSWORD=CANARY)

    done = await cli("workstations", "test", "pc-01")
    as_json = await cli("workstations", "test", "pc-01", "-o", "json")

    rungs = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
    assert (rungs["dns"], rungs["tcp"], rungs["login"]) == ("ok", "failed", "not")
    assert "pc-01 is offline: nothing answers at its address (" in done.stderr
    assert "firewall" in done.stderr
    assert (done.exit_code, as_json.exit_code) == (12, 12)
    assert json.loads(as_json.stdout)["status"] == "offline"
