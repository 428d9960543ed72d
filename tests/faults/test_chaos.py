"""Chaos: everything at once over real processes, judged by what the simulated PCs say was done.

A failure names its seed; LDFLEET_CHAOS_SEED plays it again, as far as processes
allow (docs/chaos.md).
"""

import os
import random
import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest

from support.chaos import Dose, story_of, told_in_full, unleash
from support.chaos_farm import ChaosFarm, Size
from support.chaos_judge import judge
from support.postgres import server_of

SOAK = os.environ.get("LDFLEET_SOAK") == "1"
GIVEN = os.environ.get("LDFLEET_CHAOS_SEED")
CHANCE = random.SystemRandom().sample(range(10**6), k=3) if SOAK else [1]
SEEDS = [int(GIVEN)] if GIVEN else CHANCE
ALONE = (
    Dose(operations=1_000, blows=80, waiting=100, seconds=600, drain=900)
    if SOAK
    else Dose(operations=100, blows=10, waiting=80, seconds=60, drain=120)
)
SEVERAL = (
    Dose(operations=10_000, blows=300, waiting=400, seconds=1_200, drain=1_800)
    if SOAK
    else Dose(operations=1_000, blows=20, waiting=250, seconds=140, drain=60)
)

pytestmark = pytest.mark.timeout(0 if SOAK else 400)


@pytest.mark.parametrize("turn", range(len(SEEDS)))
def test_one_server_on_sqlite_keeps_every_promise_amid_chaos(tmp_path: Path, turn: int) -> None:
    size = Size(workstations=6, emulators=6, seed=SEEDS[turn], workers=0)
    survive(ChaosFarm(tmp_path, size, database_url=None), ALONE)


@pytest.mark.parametrize("turn", range(len(SEEDS)))
def test_a_server_and_its_workers_keep_every_promise_amid_chaos(
    tmp_path: Path, pytestconfig: pytest.Config, turn: int
) -> None:
    postgres, name = server_of(pytestconfig), f"t_{uuid.uuid4().hex}"
    postgres.create(name)
    size = Size(workstations=10, emulators=8, seed=SEEDS[turn], workers=2)
    try:
        survive(ChaosFarm(tmp_path, size, database_url=postgres.url(name)), SEVERAL)
    finally:
        postgres.drop(name)


def survive(farm: ChaosFarm, dose: Dose) -> None:
    seed = farm.size.seed
    sys.stdout.write(f"LDFLEET_CHAOS_SEED={seed}\n")
    with farm.running():
        accepted = unleash(farm, dose, seed)
        story = story_of(farm, accepted)
        ends = Counter(f"{asked.verb} {asked.status}" for asked in story.asked)
        sys.stdout.write(f"{len(story.asked)} operations, {len(story.deeds)} commands: {ends}\n")
        broken = judge(story)
        assert not broken, told_in_full(farm, story, broken, seed)
        taken = sum(each.status != "skipped" for each in story.asked if each.id in accepted)
        assert taken >= dose.operations, (
            f"only {taken} of {dose.operations} operations were accepted in "
            f"{dose.seconds:g} s: nothing was broken, but the machine was too busy to tell"
        )
