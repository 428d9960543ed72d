"""What may start now, and the sentence of everything that may not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ldfleet.domain.ids import BatchId
from ldfleet.domain.operation import Operation, Priority
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Health, Limits, Workstation, WorkstationStatus
from ldfleet.engine.governor import GlobalLimits, decide
from ldfleet.ports import Candidate, Queue, Verdict
from support.stores import START, a_workstation, an_operation

PC = a_workstation(7, name="pc-07")


def a_launch(number: int, *, by: str = "anna", **changes: Any) -> Operation:
    return an_operation(number, emulator=number, workstation=7, requested_by=by, **changes)


def decided(
    *operations: Operation,
    on: Workstation = PC,
    slots: Mapping[str, frozenset[int]] | None = None,
    last_start: Mapping[str, datetime] | None = None,
    limits: int = 200,
    parallel: Mapping[BatchId, int] | None = None,
) -> Verdict:
    queue = Queue(
        now=START,
        candidates=[Candidate(operation=operation, workstation=on) for operation in operations],
        slots=slots or {},
        last_start=last_start or {},
        parallel=parallel or {},
    )
    return decide(queue, limits=GlobalLimits(operations=limits))


def seen(status: WorkstationStatus, *, changed_at: datetime | None = None) -> Workstation:
    return replace(PC, health=Health(status=status, changed_at=changed_at))


def admitted(verdict: Verdict) -> Sequence[str]:
    return list(verdict.admitted)


def test_a_launch_takes_a_boot_place_and_a_global_one() -> None:
    verdict = decided(a_launch(1))

    lanes = verdict.admitted[a_launch(1).id]
    assert lanes["ws_0007/boot"] == 0
    assert lanes["global"] == 0
    assert not verdict.waiting


def test_a_batch_has_no_more_in_flight_than_it_says() -> None:
    wide = replace(PC, limits=Limits(boots=9, boot_gap=0))
    its = BatchId("ba_1")
    launches = [a_launch(n, batch_id=its) for n in (1, 2, 3)]
    other = a_launch(4)

    verdict = decided(
        *launches, other, on=wide, slots={"batch/ba_1": frozenset({0})}, parallel={its: 2}
    )

    assert admitted(verdict) == ["op_0001", "op_0004"]
    assert verdict.admitted[launches[0].id]["batch/ba_1"] == 1
    assert verdict.waiting[launches[1].id] == "2 of 2 operations of its batch in flight"
    assert verdict.stirring == frozenset({wide.id})
    assert not any(lane.startswith("batch/") for lane in verdict.admitted[other.id])


def test_boots_beyond_the_limit_wait_with_the_reason() -> None:
    quick = replace(PC, limits=Limits(boots=2, boot_gap=0))

    verdict = decided(a_launch(1), a_launch(2), a_launch(3), on=quick)

    assert admitted(verdict) == ["op_0001", "op_0002"]
    assert verdict.waiting == {"op_0003": "2 of 2 boots in flight on pc-07"}


def test_the_lowest_free_slot_is_given_out() -> None:
    slots = {"ws_0007/boot": frozenset({0, 2}), "global": frozenset({1})}

    verdict = decided(a_launch(1), on=replace(PC, limits=Limits(boots=3)), slots=slots)

    lanes = verdict.admitted[a_launch(1).id]
    assert (lanes["ws_0007/boot"], lanes["global"]) == (1, 0)


def test_boots_on_a_workstation_keep_their_gap() -> None:
    ago = {"ws_0007/boot": START - timedelta(seconds=2.2)}

    verdict = decided(a_launch(1), last_start=ago)

    assert verdict.waiting == {"op_0001": "next boot on pc-07 in 3 s"}


def test_the_gap_counts_between_two_boots_of_one_verdict() -> None:
    verdict = decided(a_launch(1), a_launch(2))

    assert admitted(verdict) == ["op_0001"]
    assert verdict.waiting == {"op_0002": "next boot on pc-07 in 5 s"}


def test_a_clock_that_was_set_back_makes_no_longer_gap() -> None:
    """Once it held boots back for as long as it was set back."""
    later = {"ws_0007/boot": START + timedelta(hours=1)}

    verdict = decided(a_launch(1), last_start=later)

    assert verdict.waiting == {"op_0001": "next boot on pc-07 in 5 s"}


def test_a_gap_that_is_over_holds_nothing_back() -> None:
    assert admitted(decided(a_launch(1), last_start={"ws_0007/boot": START - timedelta(seconds=5)}))


def test_a_quit_needs_no_boot_place() -> None:
    full = {"ws_0007/boot": frozenset({0, 1})}

    assert admitted(decided(a_launch(1, verb=Verb.QUIT), slots=full)) == ["op_0001"]


def test_light_operations_have_their_own_limit() -> None:
    full = {"ws_0007/light": frozenset({0, 1, 2, 3})}

    verdict = decided(a_launch(1, verb=Verb.QUIT), slots=full)

    assert verdict.waiting == {"op_0001": "4 of 4 light operations in flight on pc-07"}


def test_one_scan_at_a_time_on_a_workstation() -> None:
    scans = [an_operation(n, emulator=None, workstation=7) for n in (1, 2)]

    verdict = decided(*scans)

    assert admitted(verdict) == ["op_0001"]
    assert verdict.waiting == {"op_0002": "1 of 1 scans in flight on pc-07"}


def test_the_global_limit_holds_over_all_workstations() -> None:
    verdict = decided(a_launch(1), slots={"global": frozenset({0, 1})}, limits=2)

    assert verdict.waiting == {"op_0001": "2 of 2 operations in flight in all"}


@pytest.mark.parametrize(
    ("status", "changed_at", "sentence"),
    [
        (WorkstationStatus.UNREACHABLE, START, "pc-07 is unreachable since 12:00 UTC"),
        (
            WorkstationStatus.UNREACHABLE,
            START - timedelta(days=1),
            "pc-07 is unreachable since 2026-11-21 12:00 UTC",
        ),
        (WorkstationStatus.UNREACHABLE, None, "pc-07 is unreachable"),
        (
            WorkstationStatus.AUTH_FAILED,
            START,
            "pc-07 refuses the login: correct its user or password",
        ),
        (
            WorkstationStatus.NO_DESKTOP,
            START,
            "nobody is logged on at pc-07: an emulator needs a desktop to start",
        ),
    ],
)
def test_a_workstation_that_can_not_says_why(
    status: WorkstationStatus, changed_at: datetime | None, sentence: str
) -> None:
    verdict = decided(a_launch(1), on=seen(status, changed_at=changed_at))

    assert verdict.waiting == {"op_0001": sentence}


def test_maintenance_holds_everything_back_with_its_reason() -> None:
    held = replace(PC, maintenance="new disk")

    verdict = decided(
        a_launch(1),
        an_operation(2, emulator=None, workstation=7),
        a_launch(3, verb=Verb.QUIT),
        on=held,
    )

    assert set(verdict.waiting.values()) == {"pc-07 is in maintenance: new disk"}
    assert not verdict.admitted


@pytest.mark.parametrize(
    "status", [WorkstationStatus.ONLINE, WorkstationStatus.DEGRADED, WorkstationStatus.UNKNOWN]
)
def test_what_is_not_known_to_be_bad_is_tried(status: WorkstationStatus) -> None:
    assert admitted(decided(a_launch(1), on=seen(status))) == ["op_0001"]


def test_without_a_desktop_an_emulator_can_still_be_quit() -> None:
    quit_ = a_launch(1, verb=Verb.QUIT)

    assert admitted(decided(quit_, on=seen(WorkstationStatus.NO_DESKTOP))) == ["op_0001"]


def test_a_scan_goes_to_an_unreachable_workstation_too() -> None:
    scan = an_operation(1, emulator=None, workstation=7)

    assert admitted(decided(scan, on=seen(WorkstationStatus.UNREACHABLE))) == ["op_0001"]


def test_a_person_goes_before_a_batch() -> None:
    batch, person = a_launch(1, priority=Priority.BATCH), a_launch(2)

    assert admitted(decided(person, batch)) == ["op_0002"]
    assert admitted(decided(batch, person)) == ["op_0002"]


def test_among_equals_the_older_goes_first() -> None:
    assert admitted(decided(a_launch(1), a_launch(2))) == ["op_0001"]


def test_the_lines_of_two_people_interleave() -> None:
    wide = replace(PC, limits=Limits(boots=3, boot_gap=0))
    line = [a_launch(1), a_launch(2), a_launch(3), a_launch(4, by="ben")]

    assert admitted(decided(*line, on=wide)) == ["op_0001", "op_0004", "op_0002"]


def test_who_holds_less_goes_first() -> None:
    slots = {"ws_0007/boot": frozenset({0}), "by/anna": frozenset({0})}

    verdict = decided(a_launch(1), a_launch(2, by="ben"), slots=slots)

    assert admitted(verdict) == ["op_0002"]


def test_with_one_place_two_people_take_turns() -> None:
    """Nobody holds anything when a place becomes free: who was served longer ago goes."""
    narrow = replace(PC, limits=Limits(boots=1, boot_gap=0))
    waiting = [a_launch(n) for n in range(1, 5)] + [a_launch(n, by="ben") for n in range(5, 9)]
    last_start: dict[str, datetime] = {}
    served: list[str] = []

    for turn in range(8):
        verdict = decided(*waiting, on=narrow, last_start=last_start)
        [(operation_id, lanes)] = verdict.admitted.items()
        last_start |= dict.fromkeys(lanes, START - timedelta(seconds=100 - turn))
        served += [o.requested_by for o in waiting if o.id == operation_id]
        waiting = [o for o in waiting if o.id != operation_id]

    assert served == ["anna", "ben"] * 4


def test_what_is_not_yet_due_says_when_it_is() -> None:
    due = START + timedelta(seconds=301)
    later = a_launch(1, not_before=due)
    again = a_launch(2, not_before=START + timedelta(seconds=3), tries=1, message="the PC was busy")
    now = a_launch(3, not_before=START)

    verdict = decided(later, again, now)

    assert admitted(verdict) == [now.id]
    assert verdict.waiting == {
        later.id: "its time, in 0:05:05",
        again.id: "trying again in 3 s after: the PC was busy",
    }


def a_creation(**params: Any) -> Operation:
    creation = an_operation(1, emulator=None, workstation=7, requested_by="anna")
    return replace(creation, verb=Verb.CREATE, params=params)


def test_a_creation_with_apps_takes_a_boot_too() -> None:
    plain, with_apps = a_creation(), a_creation(apps=[{"package": "com.example.game"}])

    assert "ws_0007/boot" not in decided(plain).admitted[plain.id]
    assert {"ws_0007/disk", "ws_0007/boot"} <= decided(with_apps).admitted[with_apps.id].keys()


def test_a_creation_with_apps_waits_for_a_boot() -> None:
    creation = a_creation(stay_on=True)
    full = {"ws_0007/boot": frozenset(range(PC.limits.boots))}

    assert "boots in flight on pc-07" in decided(creation, slots=full).waiting[creation.id]
