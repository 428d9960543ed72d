"""Chaos: everything at once over real processes, judged by what the simulated PCs say was done.

A failure names its seed; LDFLEET_CHAOS_SEED plays it again, as far as processes allow.
"""

import os
import random
import sys
from collections import Counter
from pathlib import Path

from support.chaos import Dose, story_of, told_in_full, unleash
from support.chaos_farm import ChaosFarm, Size
from support.chaos_judge import judge

SEED = int(os.environ.get("LDFLEET_CHAOS_SEED") or random.SystemRandom().randrange(10**6))


def test_one_server_on_sqlite_keeps_every_promise_amid_chaos(tmp_path: Path) -> None:
    size = Size(workstations=6, emulators=6, seed=SEED, workers=0)
    farm = ChaosFarm(tmp_path, size, database_url=None)
    survive(farm, Dose(operations=250, seconds=25, drain=90), SEED)


def survive(farm: ChaosFarm, dose: Dose, seed: int) -> None:
    sys.stdout.write(f"LDFLEET_CHAOS_SEED={seed}\n")
    with farm.running():
        accepted = unleash(farm, dose, seed)
        story = story_of(farm, accepted)
        ends = Counter(f"{asked.verb} {asked.status}" for asked in story.asked)
        sys.stdout.write(f"{len(story.asked)} operations, {len(story.deeds)} commands: {ends}\n")
        broken = judge(story)
        assert not broken, told_in_full(farm, story, broken, seed)
