"""Workers and server restarted one after the other, beside a newer schema, while they work."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from psycopg import sql

from support.workers import EMULATORS, OVER, WORKSTATIONS, Farm, a_farm, until

NEWER = (
    "ALTER TABLE workstations ADD COLUMN rack text",
    "UPDATE alembic_version SET version_num = '9999'",
)
ASKED = sql.SQL("SELECT verb, status FROM operations WHERE verb IN ('launch', 'quit')")


@pytest.fixture
def farm(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Farm]:
    with a_farm(tmp_path, pytestconfig) as farm:
        yield farm


def test_nothing_is_lost_while_all_are_restarted_beside_a_newer_schema(farm: Farm) -> None:
    every = WORKSTATIONS * EMULATORS
    farm.launch_all()
    for emulator in farm.items("/emulators"):
        farm.call("POST", f"/emulators/{emulator['id']}/quit", json={})
    until(lambda: len(farm.runners()) == 2)

    farm.postgres.run(farm.database, NEWER)
    with ExitStack() as stack:
        for number, old in enumerate((farm.one, farm.two)):
            assert old.end(signal.SIGTERM) == 0
            new = stack.enter_context(farm.a_worker(f"new {number}"))
            new.wait_for_words("ldfleet worker")
        assert farm.server.end(signal.SIGTERM) == 0
        stack.enter_context(farm.a_server("new server")).wait_for_words("ldfleet: http")
        until(lambda: {status for _, status in asked(farm)} <= OVER)

    assert Counter(asked(farm)) == {
        ("launch", "succeeded"): every,
        ("quit", "succeeded"): every,
    }
    sent = Counter(farm.changes())
    assert {command for _, command, _ in sent} == {"launch", "quit"}
    assert len(sent) == 2 * every
    assert set(sent.values()) == {1}, "a command that changes something was sent twice"


def asked(farm: Farm) -> list[tuple[str, str]]:
    return farm.postgres.query(farm.database, ASKED)
