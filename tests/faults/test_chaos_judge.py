"""The judge of chaos can say no: each rule, on a story that was forged to break it alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from support.chaos_judge import RULES, judge
from support.chaos_story import Asked, Deed, Place, Standing, Story, Trouble, deeds_of, troubles_of

LD = "C:\\LDPlayer\\LDPlayer9"
ONE: Place = ("pc-01", LD, 1)
TWO: Place = ("pc-01", LD, 2)


def asked(name: str, verb: str, status: str = "succeeded", **more: Any) -> Asked:
    fields: dict[str, Any] = {
        "id": f"op_{name}",
        "verb": verb,
        "status": status,
        "workstation": "pc-01",
        "place": ONE,
        "emulator_id": "em_1",
        "started": 100.0,
        "finished": 110.0,
    }
    return Asked(**{**fields, **more})


def deed(*argv: str, at: float = 102.0, until: float | None = None, **more: Any) -> Deed:
    fields: dict[str, Any] = {
        "number": 1,
        "workstation": "pc-01",
        "install": LD,
        "argv": argv,
        "begin": at,
        "end": at + 1 if until is None else until,
        "effect": "",
        "index": 1,
    }
    return Deed(**{**fields, **more})


def renaming(name: str, title: str, *, at: float = 102.0, **more: Any) -> tuple[Asked, Deed]:
    done = deed("rename", "--index", "1", "--title", title, at=at, effect="renamed")
    return asked(name, "rename", params={"name": title}, **more), done


def creating(
    name: str, called: str, *, index: int, at: float = 102.0, status: str = "succeeded"
) -> tuple[Asked, Deed]:
    maker = asked(
        name,
        "create",
        status,
        place=None,
        emulator_id=None,
        params={"name": called},
        result={"emulator_id": f"em_{index}", "index": index},
    )
    words = ("add", "--name", called)
    return maker, deed(*words, at=at, until=at + 2, effect=f"created {index}", index=index)


def standing(place: Place = ONE, **more: Any) -> Standing:
    fields: dict[str, Any] = {"name": "a", "power": "stopped", "emulator_id": f"em_{place[2]}"}
    return Standing(place=place, **{**fields, **more})


def story(*pairs: tuple[Asked, Deed] | Asked | Deed, **more: Any) -> Story:
    things = [each for pair in pairs for each in (pair if isinstance(pair, tuple) else (pair,))]
    operations = [each for each in things if isinstance(each, Asked)]
    fields: dict[str, Any] = {
        "accepted": frozenset(each.id for each in operations),
        "asked": operations,
        "deeds": [each for each in things if isinstance(each, Deed)],
    }
    return Story(**{**fields, **more})


def broken(told: Story) -> list[str]:
    return sorted({each.rule for each in judge(told)})


TRUE_NAME = {"recorded": [standing(name="x")], "true": [standing(name="x")]}
GOOD = story(
    renaming("1", "x"),
    creating("2", "new", index=2),
    asked("3", "launch", "lost", started=120.0, finished=150.0),
    deed("launch", "--index", "1", at=121.0, job="op_3-launch", effect="launched"),
    deed("list2", at=500.0, index=None),
    troubles=[Trouble(what="unreachable", began=122.0, ended=140.0, workstation="pc-01")],
    recorded=[standing(name="x"), standing(TWO, name="new")],
    true=[standing(name="x"), standing(TWO, name="new")],
)


def test_a_story_as_it_must_be_breaks_no_rule() -> None:
    assert judge(GOOD) == []


def launched_twice_at_once() -> Story:
    names = ("1", "2", "3")
    return story(
        *(asked(n, "launch", place=(*ONE[:2], int(n)), emulator_id=f"em_{n}") for n in names),
        *(
            deed("launch", "--index", n, job=f"op_{n}-launch", effect="launched", index=int(n))
            for n in names
        ),
    )


def backup(name: str, *ends: str, index: int = 1) -> list[Asked | Deed]:
    words = ("backup", "--index", str(index), "--file", f"D:\\op_{name}.ldbk")
    return [
        asked(name, "backup", place=(*ONE[:2], index), emulator_id=f"em_{index}"),
        *(deed(*words, at=101.0 + n, effect=effect, index=index) for n, effect in enumerate(ends)),
    ]


BREAKING: Sequence[tuple[str, str, Story]] = [
    ("forgotten", "ended", story(accepted=frozenset({"op_9"}))),
    ("queued for ever", "ended", story(asked("1", "scan", "queued"))),
    ("lost without a reason", "lost", replace(GOOD, troubles=[])),
    (
        "lost by the trouble of another workstation",
        "lost",
        replace(GOOD, troubles=[replace(GOOD.troubles[0], workstation="pc-02")]),
    ),
    (
        "lost long after the trouble",
        "lost",
        replace(GOOD, troubles=[replace(GOOD.troubles[0], began=50.0, ended=60.0)]),
    ),
    ("backed up twice", "once", story(*backup("1", "backed up", "backed up"))),
    (
        "rebooted twice by one job",
        "once",
        story(
            asked("1", "reboot"),
            deed("reboot", "--index", "1", job="op_1-reboot", effect="rebooted"),
            deed("reboot", "--index", "1", at=105.0, job="op_1-reboot", effect="rebooted"),
        ),
    ),
    (
        "created twice",
        "once",
        story(
            creating("1", "new", index=2),
            deed("add", "--name", "new", at=106.0, effect="terminated (created 3)", index=3),
            recorded=[standing(TWO, name="new")],
            true=[standing(TWO, name="new")],
        ),
    ),
    (
        "renamed by two at once",
        "overlap",
        story(renaming("1", "x"), renaming("2", "y", at=102.5)),
    ),
    (
        "modified while it is copied",
        "overlap",
        story(
            asked("1", "clone", params={"name": "n"}, finished=130.0),
            deed(
                "copy", "--name", "n", "--from", "1", until=120.0, effect="copied 1 to 7", index=7
            ),
            asked("2", "modify", params={"settings": {"phone_number": "5"}}),
            deed("modify", "--index", "1", "--pnumber", "5", at=105.0, effect="modified"),
        ),
    ),
    ("nobody's command", "outside", story(deed("quit", "--index", "1", effect="quitting"))),
    (
        "a command before its operation",
        "outside",
        story(renaming("1", "x", at=50.0)),
    ),
    (
        "a command that outlives its operation",
        "outside",
        story(
            asked("1", "launch", "failed"),
            deed("launch", "--index", "1", until=120.0, job="op_1-launch", effect="launched"),
        ),
    ),
    ("three boots at once", "lane", launched_twice_at_once()),
    (
        "two backups at once",
        "lane",
        story(*backup("1", "backed up"), *backup("2", "backed up", index=2)),
    ),
    ("a rename that was not done", "success", story(asked("1", "rename", params={"name": "x"}))),
    (
        "a backup that was cut off",
        "success",
        story(*backup("1", "terminated (backing up)")),
    ),
    ("on record only", "record", story(recorded=[standing()])),
    ("not on record", "record", story(true=[standing()])),
    ("another name", "record", story(recorded=[standing()], true=[standing(name="b")])),
    (
        "another state",
        "record",
        story(recorded=[standing()], true=[standing(power="running")]),
    ),
    ("made and not there", "made", story(creating("1", "new", index=2))),
    (
        "removed and there",
        "made",
        story(
            asked("1", "remove"),
            deed("remove", "--index", "1", effect="removed"),
            recorded=[standing()],
            true=[standing()],
        ),
    ),
    (
        "another name than was set last",
        "set",
        story(
            renaming("1", "x"),
            renaming("2", "y", at=112.0, started=111.0, finished=120.0),
            **TRUE_NAME,
        ),
    ),
    (
        "another number than was set last",
        "set",
        story(
            asked("1", "modify", params={"settings": {"phone_number": "5"}}),
            deed("modify", "--index", "1", "--pnumber", "5", effect="modified"),
            recorded=[standing()],
            true=[standing(phone_number="6")],
        ),
    ),
    (
        "stopped after its launch",
        "power",
        story(
            asked("1", "launch"),
            deed("launch", "--index", "1", job="op_1-launch", effect="launched"),
            recorded=[standing()],
            true=[standing()],
        ),
    ),
    (
        "running after its quit",
        "power",
        story(
            asked("1", "quit"),
            deed("quit", "--index", "1", effect="quitting"),
            recorded=[standing(power="running")],
            true=[standing(power="running")],
        ),
    ),
]


@pytest.mark.parametrize(
    ("rule", "told"), [each[1:] for each in BREAKING], ids=[each[0] for each in BREAKING]
)
def test_a_story_that_breaks_a_rule_is_told_by_that_rule_alone(rule: str, told: Story) -> None:
    assert broken(told) == [rule]


def test_every_rule_can_fail() -> None:
    assert len({rule for _, rule, _ in BREAKING}) == len(RULES)


def test_what_was_refused_or_cut_off_may_be_given_again() -> None:
    assert broken(story(*backup("1", "refused", "terminated (backing up)", "backed up"))) == []


def test_hands_from_outside_excuse_another_power() -> None:
    told = story(
        asked("1", "launch"),
        deed("launch", "--index", "1", job="op_1-launch", effect="launched"),
        recorded=[standing()],
        true=[standing()],
        troubles=[Trouble(what="kill_players", began=115.0, ended=115.0, workstation="pc-01")],
    )
    assert broken(told) == []


def test_a_later_rename_that_did_not_end_well_may_have_set_its_name() -> None:
    second = renaming("2", "x", at=112.0, status="timed_out", started=111.0, finished=120.0)
    assert broken(story(renaming("1", "y"), second, **TRUE_NAME)) == []


def entry(number: int, kind: str, at: float, *argv: str, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "number": number,
        "at": at,
        "workstation": "pc-01",
        "kind": kind,
        "pid": 7,
        "argv": list(argv),
        "effect": "",
        "index": None,
        "install": LD,
        "job": "",
    }
    return {**fields, **more}


def test_a_command_lasts_from_the_start_of_its_process_to_its_own_line() -> None:
    console = f"{LD}\\ldconsole.exe"
    (one, other) = deeds_of(
        [
            entry(1, "process", 20.0, console, "remove", "--index", "1"),
            entry(2, "process", 22.0, "C:\\Windows\\System32\\cmd.exe", pid=8),
            entry(3, "ldconsole", 60.0, console, "remove", "--index", "1", effect="removed"),
            entry(4, "ldconsole", 80.0, console, "list2"),
        ],
        origin=1000.0,
        scale=20.0,
    )
    assert (one.begin, one.end, one.effect) == (1001.0, 1003.0, "removed")
    assert (one.changes, other.changes) == (True, False)


def test_a_fault_lasts_until_it_is_switched_back() -> None:
    told = troubles_of(
        [
            entry(1, "fault", 20.0, "unreachable", "true"),
            entry(2, "fault", 40.0, "unreachable", "false"),
            entry(3, "action", 50.0, "kill_players", "{}"),
            entry(4, "fault", 60.0, "cut", '"mid_receive"'),
        ],
        origin=0.0,
        scale=1.0,
    )
    assert [(each.what, each.began, each.ended) for each in told] == [
        ("unreachable", 20.0, 40.0),
        ("kill_players", 50.0, 50.0),
        ("cut", 60.0, float("inf")),
    ]
