"""What is wrong is derived from what is known."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.emulator import Emulator, Observation, Power
from ldfleet.domain.facts import Disk, Install
from ldfleet.domain.problem import (
    LOW_DISK,
    REMEDIES,
    Problem,
    ProblemKind,
    Turn,
    fold,
    of_workstation,
)
from ldfleet.domain.workstation import Health, Workstation, WorkstationStatus
from support.keeping import FACTS
from support.stores import START, a_workstation, an_emulator

INSTALL = Install(path=r"C:\LD", generation=9, version="9.1", data_path=r"C:\LD\vms")
HEALTHY = Health(status=WorkstationStatus.ONLINE, facts=FACTS, installs=(INSTALL,))
LATER = START + timedelta(minutes=5)


def a_pc(**changes: Any) -> Workstation:
    return a_workstation(health=replace(HEALTHY, **changes))


def kinds(workstation: Workstation, *emulators: Emulator) -> set[str]:
    return {finding.kind.value for finding in of_workstation(workstation, emulators).findings}


def opened(workstation: Workstation, *emulators: Emulator) -> list[Problem]:
    look = of_workstation(workstation, emulators)
    return [problem for _, problem in fold((), look, at=START)]


def turned(known: list[Problem], workstation: Workstation, *emulators: Emulator) -> dict[str, str]:
    look = of_workstation(workstation, emulators)
    return {found.kind.value: turn.value for turn, found in fold(known, look, at=LATER)}


def stuck(number: int) -> Emulator:
    seen = Observation(at=START, power=Power.STARTING, since=START, trouble="it does not start")
    return an_emulator(number, observed=seen)


def test_nothing_is_wrong_with_a_healthy_workstation() -> None:
    assert kinds(a_pc(), an_emulator(1)) == set()


@pytest.mark.parametrize(
    ("status", "failure", "kind"),
    [
        ("unreachable", "workstation_unreachable", "workstation_unreachable"),
        ("unreachable", "workstation_untrusted", "certificate_changed"),
        ("auth_failed", "workstation_refused_login", "login_refused"),
    ],
)
def test_a_lost_workstation_is_a_problem(status: str, failure: str, kind: str) -> None:
    lost = a_pc(
        status=WorkstationStatus(status), failure=failure, reason="no answer", seen_at=START
    )

    [problem] = opened(lost)

    assert (problem.kind, problem.subject, problem.since) == (kind, lost.id, START)
    assert (problem.evidence["code"], problem.evidence["reason"]) == (failure, "no answer")
    assert problem.remedy.path is not None and lost.id in problem.remedy.path


def test_a_certificate_at_first_contact_has_not_changed() -> None:
    new = a_pc(status=WorkstationStatus.UNREACHABLE, failure="workstation_untrusted", reason="why")

    [problem] = opened(new)

    assert problem.kind is ProblemKind.CERTIFICATE_UNKNOWN
    assert kinds(a_pc(seen_at=START)) == set()


def test_conditions_of_a_workstation_that_is_reached_stand_side_by_side() -> None:
    facts = replace(FACTS, desktop=None, disks=(Disk(letter="C:", size=2**40, free=LOW_DISK - 1),))
    pc = a_pc(facts=facts)
    wide = an_emulator(3, adb_debug=2)

    found = {
        finding.kind: finding for finding in of_workstation(pc, [stuck(1), stuck(2), wide]).findings
    }

    assert set(found) == {"no_desktop", "low_disk", "service_wedged", "adb_open"}
    assert found[ProblemKind.LOW_DISK].evidence == {"free_gib": {"C:": 10}}
    assert found[ProblemKind.SERVICE_WEDGED].evidence["count"] == 2
    assert found[ProblemKind.ADB_OPEN].evidence["emulators"] == [
        {"id": "em_0003", "name": "player 3"}
    ]


def test_one_stuck_start_or_a_full_disk_without_ldplayer_is_none() -> None:
    other = replace(FACTS, disks=(Disk(letter="D:", size=2**40, free=0),))

    assert kinds(a_pc(facts=other), stuck(1), an_emulator(2, adb_debug=1)) == set()


def test_what_is_held_in_maintenance_has_no_problems() -> None:
    lost = replace(a_pc(status=WorkstationStatus.UNREACHABLE), maintenance="new disk")
    known = opened(replace(lost, maintenance=None))

    assert kinds(lost) == set()
    assert turned(known, lost) == {"workstation_unreachable": "ended"}


def test_a_problem_ends_with_its_cause_and_only_news_changes_it() -> None:
    pc = a_pc(facts=replace(FACTS, desktop=None))
    known = opened(pc)

    assert turned(known, pc) == {}
    assert turned(known, a_pc()) == {"no_desktop": "ended"}
    lost = a_pc(status=WorkstationStatus.UNREACHABLE, reason="no answer")
    assert turned(opened(lost), replace(lost, health=replace(lost.health, reason="refused"))) == {
        "workstation_unreachable": "changed"
    }


def test_what_can_not_be_seen_from_afar_stays_as_it_was() -> None:
    facts = replace(FACTS, desktop=None)
    known = opened(a_pc(facts=facts))

    lost = a_pc(facts=facts, status=WorkstationStatus.UNREACHABLE, reason="no answer")

    assert turned(known, lost) == {"workstation_unreachable": "opened"}


def test_an_acknowledged_problem_stays_until_its_cause_ends() -> None:
    pc = a_pc(facts=replace(FACTS, desktop=None))
    [problem] = opened(pc)

    known = problem.acknowledged(by="anna", reason="on my way", at=LATER)
    [(turn, over)] = fold([known], of_workstation(a_pc(), []), at=LATER)

    assert fold([known], of_workstation(pc, []), at=LATER) == []
    assert (turn, over.ended_at, over.acknowledged_by) == (Turn.ENDED, LATER, "anna")
    with pytest.raises(errors.ProblemEnded):
        over.acknowledged(by="bob", reason="too late", at=LATER)


@pytest.mark.parametrize("kind", list(ProblemKind))
def test_every_kind_has_a_remedy(kind: ProblemKind) -> None:
    assert len(REMEDIES[kind].sentence) > 20
