"""`ldfleet sites …`."""

import json

from support.commandline import CommandLine


async def test_a_site_is_added_edited_shown_and_removed(cli: CommandLine) -> None:
    added = await cli("sites", "add", "berlin", "--notes", "Rack 4")
    edited = await cli("sites", "edit", "berlin", "--notes", "Rack 5")
    shown = await cli("site", "show", "berlin", "-o", "json")
    asked = await cli("sites", "remove", "berlin")
    removed = await cli("sites", "remove", "berlin", "--yes")
    gone = await cli("sites", "show", "berlin")

    assert added.exit_code == 0, added.stderr
    assert "Rack 5" in edited.stdout
    site = json.loads(shown.stdout)
    assert (site["name"], site["notes"], site["workers"]) == ("berlin", "Rack 5", [])
    assert (asked.exit_code, removed.exit_code, gone.exit_code) == (2, 0, 5)


async def test_sites_are_listed(cli: CommandLine) -> None:
    await cli("sites", "add", "berlin")

    table = await cli("sites", "list")
    names = await cli("sites", "list", "-o", "name")

    assert table.stdout.splitlines()[0].split() == ["NAME", "WORKSTATIONS", "WORKERS"]
    assert names.stdout.split() == ["berlin", "default"]


async def test_a_name_against_the_rules_is_refused(cli: CommandLine) -> None:
    refused = await cli("sites", "add", "Berlin")

    assert refused.exit_code == 2
    assert "lower-case" in refused.stderr
