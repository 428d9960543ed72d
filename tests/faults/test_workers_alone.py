"""What must not stop goes on in a worker while every server is down."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from support.workers import Farm, a_farm, until

RAN = sql.SQL("SELECT last_outcome, last_batch_id FROM schedules")
BATCHES = sql.SQL("SELECT id, status FROM batches")
OPERATIONS = sql.SQL(
    "SELECT batch_id, wave, status FROM operations WHERE batch_id IS NOT NULL ORDER BY wave"
)
DUE = "UPDATE schedules SET next_at = now()"


@pytest.fixture
def farm(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Farm]:
    with a_farm(tmp_path, pytestconfig) as farm:
        yield farm


def test_a_worker_alone_starts_schedules_and_rolls_batches_on(farm: Farm) -> None:
    scheduled, *others = [emulator["id"] for emulator in farm.items("/emulators")[:4]]
    timing = {"cron": "0 0 1 1 *", "zone": "UTC"}
    schedule = {"name": "yearly", "verb": "launch", "ids": [scheduled], **timing}
    farm.call("POST", "/schedules", json=schedule)
    waves = {"waves": ["1", "1"], "pause_s": 3}
    batch = farm.call("POST", "/batches", json={"verb": "launch", "ids": others, "policy": waves})

    assert farm.server.end(signal.SIGKILL) == -signal.SIGKILL
    assert farm.two.end(signal.SIGKILL) == -signal.SIGKILL
    farm.postgres.run(farm.database, [DUE])
    until(lambda: len(ended(farm)) == 2)

    ((outcome, run),) = farm.postgres.query(farm.database, RAN)
    assert outcome == "submitted"
    assert dict(ended(farm)) == {batch["id"]: "succeeded", run: "succeeded"}
    placed: list[Any] = farm.postgres.query(farm.database, OPERATIONS)
    waved = [(wave, status) for of, wave, status in placed if of == batch["id"]]
    assert waved == [(1, "succeeded"), (2, "succeeded"), (3, "succeeded")]
    assert sorted(command for _, command, _ in farm.changes()) == ["launch"] * 4


def ended(farm: Farm) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = farm.postgres.query(farm.database, BATCHES)
    return [(batch, status) for batch, status in rows if status == "succeeded"]
