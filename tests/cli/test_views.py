"""`ldfleet views …`."""

import json

from support.accounts import a_person, the_people
from support.commandline import CommandLine
from support.edges import Edge

BROKEN = ("broken", "emulators", "--filter", "status:frozen")


async def test_a_view_is_added_edited_shown_and_removed(cli: CommandLine) -> None:
    added = await cli("views", "add", *BROKEN)
    edited = await cli("views", "edit", "broken", "--sort", "name", "--share")
    shown = await cli("view", "show", "broken", "-o", "json")
    listed = await cli("views", "list", "--page", "emulators", "-o", "csv")
    asked = await cli("views", "remove", "broken")
    removed = await cli("views", "remove", "broken", "--yes")
    gone = await cli("views", "show", "broken")

    assert added.exit_code == 0, added.stderr
    assert "status:frozen" in edited.stdout
    view = json.loads(shown.stdout)
    assert (view["name"], view["sort"], view["shared"]) == ("broken", "name", True)
    assert view["id"] in listed.stdout
    assert (asked.exit_code, removed.exit_code, gone.exit_code) == (2, 0, 5)


async def test_ones_own_view_goes_before_others_of_that_name(cli: CommandLine, edge: Edge) -> None:
    ben = await a_person(the_people(edge.floor), "ben")
    theirs = {"name": "broken", "page": "emulators", "shared": True}
    async with edge.stranger() as http:
        await http.post("/api/views", json=theirs, headers={"Authorization": f"Bearer {ben.token}"})

    before = json.loads((await cli("views", "show", "broken", "-o", "json")).stdout)
    await cli("views", "add", *BROKEN)
    after = json.loads((await cli("views", "show", "broken", "-o", "json")).stdout)
    await cli("views", "add", "broken", "operations")
    unclear = await cli("views", "show", "broken")

    assert (before["owner"], after["owner"]) == ("ben", "admin")
    assert unclear.exit_code == 2
    assert "of operations by admin" in unclear.stderr
