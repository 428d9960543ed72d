"""`ldfleet problems …`."""

import json

from ldfleet.domain.problem import of_workstation
from ldfleet.domain.workstation import Health, WorkstationStatus
from support.commandline import CommandLine
from support.edges import Edge
from support.stores import a_workstation


async def test_problems_are_listed_shown_and_acknowledged(edge: Edge, cli: CommandLine) -> None:
    health = Health(status=WorkstationStatus.UNREACHABLE, reason="no answer")
    workstation = a_workstation(health=health)
    await edge.floor.put(workstation)
    async with edge.floor.database() as work:
        [(_, problem)] = await work.problems.settle(
            of_workstation(workstation, []), at=edge.floor.clock.now()
        )

    listed = await cli("problems", "list")
    shown = await cli("problem", "show", problem.id)
    known = await cli(
        *("problems", "acknowledge", problem.id, "--reason", "Anna drives there", "-o", "json")
    )
    left = await cli("problems", "list", "--unacknowledged", "-o", "name")

    assert listed.exit_code == shown.exit_code == known.exit_code == left.exit_code == 0
    assert "workstation unreachable" in listed.stdout and "no answer" in listed.stdout
    assert "firewall" in shown.stdout and "POST /api/workstations/ws_0001" in shown.stdout
    assert json.loads(known.stdout)["acknowledged"]["reason"] == "Anna drives there"
    assert left.stdout == ""
