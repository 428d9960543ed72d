"""An outcome that nobody could see: the operation ends as lost, and nothing is done twice."""

from dataclasses import replace
from pathlib import Path

from support.chaos import story_of
from support.chaos_farm import ChaosFarm, Size, until
from support.chaos_judge import OVER, judge

TIME = 25  # seconds that the operation has: the copy itself ends sooner, unseen


def test_a_copy_whose_workstation_stays_away_is_lost_and_made_once(tmp_path: Path) -> None:
    size = Size(workstations=1, emulators=2, seed=5, workers=0)
    farm = ChaosFarm(tmp_path, size, database_url=None)
    with farm.running():
        source = farm.items("/emulators")[0]
        pc, body = source["workstation_name"], {"name": "copied", "timeout_s": TIME}

        asked = farm.call("POST", f"/emulators/{source['id']}/clone", json=body)
        until(lambda: "copy" in given(farm))
        farm.switch(pc, unreachable=True)  # before its answer, and past all patience
        until(lambda: farm.call("GET", f"/operations/{asked['id']}")["status"] in OVER)
        told = farm.call("GET", f"/operations/{asked['id']}")
        farm.switch(pc, unreachable=False)
        until(lambda: len(farm.items("/emulators")) == size.emulators + 1)
        story = story_of(farm, {asked["id"]: body})

    assert (told["status"], told["failure"]["code"]) == ("lost", "operation_lost"), told
    assert "Scan the workstation" in told["failure"]["hint"]
    assert [deed.effect[:6] for deed in story.deeds if deed.verb == "copy"] == ["copied"]
    assert judge(story) == []
    # Without the trouble that the simulator's log shows it would not have been allowed.
    assert [broken.rule for broken in judge(replace(story, troubles=[]))] == ["lost"]


def given(farm: ChaosFarm) -> list[str]:
    """The words of all command lines that were begun so far."""
    return [
        word for entry in farm.journal() for word in entry["argv"] if entry["kind"] == "process"
    ]
