"""A server and two workers on PostgreSQL: killed, ended, frozen; judged by what the PCs say."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.workers import EMULATORS, WORKSTATIONS, Farm, a_farm, until


@pytest.fixture
def farm(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Farm]:
    with a_farm(tmp_path, pytestconfig) as farm:
        yield farm


def test_what_a_killed_worker_held_is_ended_by_the_other(farm: Farm) -> None:
    farm.launch_all()
    until(lambda: len(farm.changes()) >= 4)

    assert farm.one.end(signal.SIGKILL) == -signal.SIGKILL
    until(farm.all_over, seconds=60)

    check_each_was_launched_once(farm)


def test_a_worker_that_is_asked_to_end_finishes_what_it_has(farm: Farm) -> None:
    farm.launch_all()
    until(lambda: len(farm.runners()) == 2)

    assert farm.one.end(signal.SIGTERM) == 0
    assert len(farm.runners()) < 2, "it left behind what it held"
    until(farm.all_over)

    check_each_was_launched_once(farm)


def test_a_frozen_worker_writes_nothing_after_its_time(farm: Farm) -> None:
    farm.launch_all()
    until(lambda: len(farm.changes()) >= 4)

    farm.one.send(signal.SIGSTOP)
    try:
        until(farm.all_over)
        before = farm.rows()
    finally:
        farm.one.send(signal.SIGCONT)
    farm.one.wait_for_words("lease_unsure")
    time.sleep(1)

    assert farm.rows() == before
    check_each_was_launched_once(farm)


def check_each_was_launched_once(farm: Farm) -> None:
    launches = farm.launches()
    assert {op["status"] for op in launches} == {"succeeded"}, launches
    assert len(launches) == WORKSTATIONS * EMULATORS
    sent = Counter(farm.changes())
    assert len(sent) == WORKSTATIONS * EMULATORS
    assert set(sent.values()) == {1}, "a command that changes something was sent twice"
