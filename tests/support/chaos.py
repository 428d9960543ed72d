"""One run of chaos: load and adversary at once, then healing, then the story of all of it."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support.chaos_adversary import Adversary
from support.chaos_farm import ChaosFarm
from support.chaos_judge import Broken
from support.chaos_load import Load
from support.chaos_story import Asked, Deed, Place, Standing, Story, deeds_of, seconds, troubles_of

Accepted = Mapping[str, Mapping[str, Any]]
AROUND = 2.0  # seconds of the journal that are shown around an operation
LOOK_EVERY = 2.0  # seconds between two looks of those who ask
BATCHES, CANCELS = 0.12, 0.08  # of all that is asked
SHOWN = 5  # broken rules that are told in full

SPARE = 1.05
"""So many times what is wanted is asked for: some of a batch are skipped when their turn comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How much of it."""

    operations: int
    """So many are to be accepted, and not skipped: fewer tell too little to pass."""
    blows: int
    """How often the adversary strikes."""
    waiting: int
    """So many operations are not over at most: people ask as fast as the farm does it."""
    seconds: float
    """People stop asking after so many, with however few operations on a busy machine."""
    drain: float
    """Seconds until the queue must be empty after the healing."""


def unleash(farm: ChaosFarm, dose: Dose, seed: int) -> Accepted:
    """Load and chaos, then the healing of all; gives what was accepted, with its params."""
    load = Load(farm, random.Random(f"{seed}/load"))
    adversary = Adversary(
        farm,
        random.Random(f"{seed}/adversary"),
        freezes=bool(farm.workers),
    )
    farm.meanwhile = adversary.turn
    chance = random.Random(f"{seed}/mix")
    looked, healing = float("-inf"), True
    until, enough = time.monotonic() + dose.seconds, dose.operations * SPARE
    while time.monotonic() < until and (adversary.blows < dose.blows or load.taken < enough):
        if adversary.blows < dose.blows:
            adversary.turn()
        elif healing:
            adversary.heal()
            healing = False
        if time.monotonic() - looked > LOOK_EVERY:
            load.look()
            looked = time.monotonic()
        share = min((adversary.blows + 1) / dose.blows, 1.0)
        if load.waiting < dose.waiting and load.taken < enough * share:
            _ask(load, chance)
        else:
            time.sleep(0.05)
    adversary.heal()
    if _drained(farm, dose.drain):
        _look_at_all(farm)
    return load.accepted


def _ask(load: Load, chance: random.Random) -> None:
    roll = chance.random()
    if roll < BATCHES:
        load.batch()
    elif roll < BATCHES + CANCELS:
        load.cancel_one()
    else:
        load.one()


def _drained(farm: ChaosFarm, seconds_: float) -> bool:
    """Whether the queue was empty in time: what is left in it the judge names."""
    deadline = time.monotonic() + seconds_
    while not _is_drained(farm):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _is_drained(farm: ChaosFarm) -> bool:
    return not farm.call("GET", "/operations", params={"unfinished": True, "limit": 1})["items"]


def _look_at_all(farm: ChaosFarm) -> None:
    """Scan every workstation, so that the record is as fresh as can be."""
    for workstation in farm.items("/workstations"):
        farm.call("POST", f"/workstations/{workstation['id']}/scan", json={})
    _drained(farm, 60.0)


def story_of(farm: ChaosFarm, accepted: Accepted) -> Story:
    """What happened, from the API and from the simulator."""
    workstations = {each["id"]: each["name"] for each in farm.items("/workstations")}
    emulators = {e["id"]: e for e in farm.items("/emulators", removed=True)}
    entries, clock = farm.journal(), farm.ask_control("GET", "/clock")
    at: dict[str, float] = {"origin": farm.origin, "scale": clock["scale"]}
    return Story(
        accepted=frozenset(accepted),
        asked=[
            _asked(each, workstations, emulators, accepted.get(each["id"], {}))
            for each in farm.items("/operations")
        ],
        deeds=deeds_of(entries, **at),
        troubles=[*farm.troubles, *troubles_of(entries, **at)],
        recorded=[_recorded(e) for e in emulators.values() if e["removed_at"] is None],
        true=[each for name in workstations.values() for each in _true(farm, name)],
    )


def _asked(
    told: Mapping[str, Any],
    names: Mapping[str, str],
    emulators: Mapping[str, Any],
    params: Mapping[str, Any],
) -> Asked:
    emulator = emulators.get(told["emulator_id"] or "")
    failure: Mapping[str, Any] = told["failure"] or {}
    return Asked(
        id=told["id"],
        verb=told["verb"],
        status=told["status"],
        workstation=names[told["workstation_id"]],
        place=None if emulator is None else _place(emulator),
        emulator_id=told["emulator_id"],
        params=params,
        result=told["result"] or {},
        reason=str(failure.get("detail", "")),
        created=seconds(told["created_at"]),
        started=seconds(told["started_at"]),
        finished=seconds(told["finished_at"]),
    )


def _place(emulator: Mapping[str, Any]) -> Place:
    return emulator["workstation_name"], emulator["install"], int(emulator["index"])


def _recorded(emulator: Mapping[str, Any]) -> Standing:
    power = emulator["last_known"]["power"]
    return Standing(
        place=_place(emulator),
        name=emulator["name"],
        power=power if power in {"running", "stopped"} else "other",
        emulator_id=emulator["id"],
    )


def _true(farm: ChaosFarm, name: str) -> list[Standing]:
    powers = {0: "stopped", 1: "running"}
    return [
        Standing(
            place=(name, install["directory"], emulator["index"]),
            name=emulator["name"],
            power=powers.get(emulator["state"], "other"),
            phone_number=emulator["settings"].get("propertySettings.phoneNumber"),
        )
        for install in farm.ask_control("GET", f"/workstations/{name}")["installs"]
        for emulator in install["emulators"]
    ]


def told_in_full(farm: ChaosFarm, story: Story, broken: Sequence[Broken], seed: int) -> str:
    """What was broken, with all that is known of the operations concerned."""
    lines = [f"{len(broken)} rules were broken; play it again with LDFLEET_CHAOS_SEED={seed}"]
    lines += [f"  [{each.rule}] {each.words}" for each in broken]
    for each in broken[:SHOWN]:
        lines += ["", f"== [{each.rule}] {each.words}", *(f"  {deed}" for deed in each.deeds)]
        for operation_id in each.operations[:4]:
            lines += _history(farm, story, operation_id)
    return "\n".join(lines)


def _history(farm: ChaosFarm, story: Story, operation_id: str) -> list[str]:
    asked = next((each for each in story.asked if each.id == operation_id), None)
    if asked is None:
        return [f"-- {operation_id} is not on record"]
    steps = farm.call("GET", f"/operations/{operation_id}/steps")["items"]
    log = farm.call("GET", f"/operations/{operation_id}/log")["items"]
    return [
        f"-- {asked}",
        *(f"  step {s['name']} {s['status']} {s['started_at']} {s['result']}" for s in steps),
        *(f"  log {line['at']} {line['event']} {line['fields']}" for line in log),
        *(f"  journal {deed}" for deed in story.deeds if _concerns(deed, asked)),
        *(
            f"  trouble {t}"
            for t in story.troubles
            if t.workstation in {None, asked.workstation}
            and t.began <= asked.finished
            and asked.started <= t.ended + AROUND
        ),
    ]


def _concerns(deed: Deed, asked: Asked) -> bool:
    near = deed.within(asked.started - AROUND, asked.finished + AROUND)
    here = asked.place is None or asked.place in deed.places or not deed.places
    return deed.workstation == asked.workstation and here and near and deed.changes
