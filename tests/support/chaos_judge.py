"""Judges a story of chaos. Pure: each rule gives sentences on what was broken, and by whom."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from support.chaos_story import (
    BLINDING_ACTIONS,
    FOREVER,
    LINK_FAULTS,
    POWER_ACTIONS,
    Asked,
    Deed,
    Place,
    Story,
    Trouble,
)

OVER = frozenset(
    {"succeeded", "failed", "cancelled", "timed_out", "lost", "skipped", "expired"},
)
ONCE: Mapping[str, tuple[str, ...]] = {
    "add": ("created", "pretended to create"),
    "copy": ("copied",),
    "remove": ("removed",),
    "backup": ("backed up",),
    "restore": ("restored",),
    "reboot": ("rebooted",),
    "adb": ("",),
}
"""Commands that must not be executed twice (ldplayer/commands.py), and how the journal says that
they were: what was refused, or ended before it did anything, may be given again."""
DISK = frozenset({"add", "copy", "remove", "backup", "restore"})
LANES: Mapping[str, str] = {
    **dict.fromkeys(DISK, "disk"),
    **dict.fromkeys(("launch", "launchex", "reboot"), "boot"),
    **dict.fromkeys(
        ("quit", "rename", "modify", "runapp", "killapp", "setprop", "locate", "adb"), "light"
    ),
}
MAKERS = frozenset({"create", "clone"})
SLACK = 0.25  # seconds: between a command's end on the PC and the word of it in the database
AFTERWARDS = 8.0  # seconds that the news of a dead link or process may come late


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that did not hold."""

    rule: str
    words: str
    operations: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()


class Ledger:
    """Which operation gave which command."""

    def __init__(self, story: Story) -> None:
        self._by_id = {asked.id: asked for asked in story.asked}
        self._by_place: dict[Place, list[Asked]] = defaultdict(list)
        self._makers: dict[str, list[Asked]] = defaultdict(list)
        for asked in story.asked:
            if asked.place is not None:
                self._by_place[asked.place].append(asked)
            if asked.verb in MAKERS:
                self._makers[asked.workstation].append(asked)
        self.of: dict[str, list[Deed]] = defaultdict(list)
        self.nobodys: list[Deed] = []
        for deed in sorted(story.deeds, key=lambda each: each.begin):
            if deed.changes:
                self._enter(deed)

    def giver(self, deed: Deed) -> Asked | None:
        """The operation that a command belongs to, if there is one."""
        named = self._by_id.get(deed.job.rpartition("-")[0])
        if named is not None:
            return named
        candidates = self._candidates(deed)
        marked = [each for each in candidates if each.marks & set(deed.argv)]
        marked += [each for each in candidates if _writes_own_file(each, deed)]
        return _nearest(marked or [each for each in candidates if _held(each, deed)], deed)

    def _candidates(self, deed: Deed) -> list[Asked]:
        here = [asked for place in deed.places for asked in self._by_place[place]]
        makers = [
            asked
            for asked in self._makers[deed.workstation]
            if deed.verb in {"add", "copy"} or self._made(asked) & deed.places
        ]
        return [*here, *makers]

    def _made(self, asked: Asked) -> frozenset[Place]:
        """The emulators that came of its commands."""
        born = [deed for deed in self.of[asked.id] if deed.verb in {"add", "copy"}]
        return frozenset(
            (deed.workstation, deed.install, deed.index) for deed in born if deed.index is not None
        )

    def _enter(self, deed: Deed) -> None:
        giver = self.giver(deed)
        if giver is None:
            self.nobodys.append(deed)
        else:
            self.of[giver.id].append(deed)


def _writes_own_file(asked: Asked, deed: Deed) -> bool:
    return deed.verb == "backup" and asked.id in (deed.option("file") or "")


def _held(asked: Asked, deed: Deed) -> bool:
    return asked.started - SLACK <= deed.begin <= asked.finished + SLACK


def _nearest(candidates: Sequence[Asked], deed: Deed) -> Asked | None:
    def away(asked: Asked) -> float:
        return max(asked.started - deed.begin, deed.begin - asked.finished, 0.0)

    return min(candidates, key=away, default=None)


Rule = Callable[[Story, Ledger], Iterator[Broken]]


def judge(story: Story) -> list[Broken]:
    """All that was broken; nothing: the story is as it must be."""
    ledger = Ledger(story)
    return [broken for rule in RULES for broken in rule(story, ledger)]


def every_accepted_operation_ended(story: Story, _: Ledger) -> Iterator[Broken]:
    there = {asked.id for asked in story.asked}
    for missing in sorted(story.accepted - there):
        yield _broken("ended", f"{missing} was accepted and is forgotten", missing)
    for asked in story.asked:
        if asked.status not in OVER:
            yield _broken("ended", f"{asked} has not ended", asked.id)


def lost_is_only_what_could_not_be_seen(story: Story, _: Ledger) -> Iterator[Broken]:
    for asked in story.asked:
        if asked.status == "lost" and not any(_blinds(each, asked) for each in story.troubles):
            yield _broken("lost", f"{asked} is lost, and nothing kept it from seeing", asked.id)


def _blinds(trouble: Trouble, asked: Asked) -> bool:
    meant = trouble.workstation in {None, asked.workstation}
    during = trouble.began <= asked.finished and asked.started <= trouble.ended + AFTERWARDS
    known = trouble.workstation is None or trouble.what in LINK_FAULTS | BLINDING_ACTIONS
    return meant and during and known


def nothing_once_is_done_twice(story: Story, ledger: Ledger) -> Iterator[Broken]:
    for asked in story.asked:
        done: dict[tuple[str, Place | None], list[Deed]] = defaultdict(list)
        for deed in ledger.of[asked.id]:
            if _was_done(deed):
                done[deed.verb, asked.place if deed.verb != "remove" else _place(deed)].append(deed)
        for (verb, _), deeds in done.items():
            if len(deeds) > 1:
                words = f"{asked} had {verb} executed {len(deeds)} times"
                yield _broken("once", words, asked.id, deeds=deeds)


def _was_done(deed: Deed) -> bool:
    effect = deed.effect.removeprefix("terminated (")
    return any(effect.startswith(word) for word in ONCE.get(deed.verb, ()))


def _place(deed: Deed) -> Place | None:
    return next(iter(deed.places), None)


def no_two_change_one_emulator_at_once(story: Story, ledger: Ledger) -> Iterator[Broken]:
    here: dict[Place, list[tuple[Deed, str]]] = defaultdict(list)
    for asked in story.asked:
        for deed in ledger.of[asked.id]:
            for place in deed.places:
                here[place].append((deed, asked.id))
    for place, deeds in here.items():
        for (one, its), (other, others) in combinations(deeds, 2):
            if its != others and one.within(other.begin, other.end):
                words = f"{its} and {others} changed {place} at once"
                yield _broken("overlap", words, its, others, deeds=[one, other])


def nothing_is_done_outside_of_its_operation(story: Story, ledger: Ledger) -> Iterator[Broken]:
    for deed in ledger.nobodys:
        yield _broken("outside", f"no operation held what {deed} changed", deeds=[deed])
    for asked in story.asked:
        for deed in ledger.of[asked.id]:
            early, late = deed.begin < asked.started - SLACK, deed.end > asked.finished + SLACK
            if early or late:
                when = "before it had begun" if early else "after it had ended"
                yield _broken("outside", f"{asked} did {deed} {when}", asked.id, deeds=[deed])


def lanes_are_kept(story: Story, ledger: Ledger) -> Iterator[Broken]:
    """A place is taken from the first to the last command of an operation in that lane."""
    spans: dict[tuple[str, str], list[tuple[float, float, str]]] = defaultdict(list)
    for asked in story.asked:
        lanes: dict[str, list[Deed]] = defaultdict(list)
        for deed in ledger.of[asked.id]:
            if deed.verb in LANES and _own_lane(asked, deed):
                lanes[LANES[deed.verb]].append(deed)
        for lane, deeds in lanes.items():
            began, ended = min(d.begin for d in deeds), max(d.end for d in deeds)
            # A boot goes on behind its command for as long as somebody watches over it.
            ended = asked.finished if lane == "boot" else ended
            spans[asked.workstation, lane].append((began, ended, asked.id))
    for (workstation, lane), taken in spans.items():
        crowd = _most_at_once(taken)
        if len(crowd) > story.lanes[lane]:
            words = f"{len(crowd)} at once in lane {lane} of {workstation}: {', '.join(crowd)}"
            yield _broken("lane", words, *crowd)


def _own_lane(asked: Asked, deed: Deed) -> bool:
    """Settings of a newborn belong to its making, which is in the lane of the disks."""
    return (asked.verb in MAKERS or asked.verb == "remove") == (LANES[deed.verb] == "disk") or (
        asked.verb in {"backup", "restore"}
    )


def _most_at_once(taken: Sequence[tuple[float, float, str]]) -> list[str]:
    crowds = [
        [who for began, ended, who in taken if began <= at < ended]
        for at in {began for began, _, _ in taken}
    ]
    return max(crowds, key=len) if crowds else []


def success_is_what_was_done(story: Story, ledger: Ledger) -> Iterator[Broken]:
    for asked in story.asked:
        wanted = _PROOF.get(asked.verb)
        if not asked.succeeded or wanted is None:
            continue
        verb, words = wanted
        proofs = (d for d in ledger.of[asked.id] if d.verb == verb and words in d.effect)
        if next(proofs, None) is None:
            yield _broken("success", f"{asked} succeeded, and no {verb} was done", asked.id)


_PROOF: Mapping[str, tuple[str, str]] = {
    "create": ("add", "created"),
    "clone": ("copy", "copied"),
    "remove": ("remove", "removed"),
    "rename": ("rename", "renamed"),
    "modify": ("modify", "modified"),
    "backup": ("backup", "backed up"),
    "restore": ("restore", "restored"),
    "reboot": ("reboot", "rebooted"),
    "adb": ("adb", ""),
}


def the_record_is_the_truth(story: Story, _: Ledger) -> Iterator[Broken]:
    recorded = {each.place: each for each in story.recorded}
    true = {each.place: each for each in story.true}
    for place in sorted(recorded.keys() | true.keys()):
        known, is_ = recorded.get(place), true.get(place)
        if known is None or is_ is None:
            where = "is on record only" if is_ is None else "is not on record"
            yield _broken("record", f"{place} {where}")
        elif (known.name, known.power) != (is_.name, is_.power):
            yield _broken("record", f"{place} is recorded as {known}, and is {is_}")


def what_was_made_is_there_and_what_was_removed_is_not(story: Story, _: Ledger) -> Iterator[Broken]:
    on_record = {each.emulator_id for each in story.recorded}
    removing = {a.emulator_id for a in story.asked if a.verb == "remove" and a.started < FOREVER}
    for asked in story.asked:
        if not asked.succeeded:
            continue
        made = asked.result.get("emulator_id") if asked.verb in MAKERS else None
        if made is not None and made not in on_record | removing:
            yield _broken("made", f"{asked} made {made}, which is not there", asked.id)
        if asked.verb == "remove" and asked.emulator_id in on_record:
            yield _broken("made", f"{asked} removed what is still there", asked.id)


def what_was_set_last_is_in_force(story: Story, ledger: Ledger) -> Iterator[Broken]:
    """Names and numbers: as the last success said, unless one that did not end well came later."""
    by_emulator = _by_emulator(story)
    for standing in story.true:
        emulator_id = next((r.emulator_id for r in story.recorded if r.place == standing.place), "")
        history = by_emulator.get(emulator_id or "", [])
        for verb, told, found in (
            ("rename", _name, standing.name),
            ("modify", _phone_number, standing.phone_number),
        ):
            last = [each for each in history if each.verb == verb and each.succeeded][-1:]
            unsure = {told(e) for e in history if _may_have_set(e, verb, last, ledger)}
            restored = verb == "modify" and _upset(history, last)
            if not last or restored or found in {None, told(last[0])} | unsure:
                continue
            words = f"{last[0]} set {told(last[0])} at {standing.place}; it is {found}"
            yield _broken("set", words, last[0].id)


def _by_emulator(story: Story) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = defaultdict(list)
    for asked in sorted(story.asked, key=lambda each: each.started):
        if asked.emulator_id is not None and asked.started < FOREVER:
            found[asked.emulator_id].append(asked)
    return found


def _may_have_set(asked: Asked, verb: str, last: Sequence[Asked], ledger: Ledger) -> bool:
    if asked.verb != verb or asked.succeeded or not last or asked.started < last[0].started:
        return False
    return any(deed.verb == verb for deed in ledger.of[asked.id])


def _upset(history: Sequence[Asked], last: Sequence[Asked]) -> bool:
    """A restore that did not end well may have left other settings behind."""
    return any(
        each.verb == "restore" and not each.succeeded and each.started >= last[0].started
        for each in history
        if last
    )


def _name(asked: Asked) -> str:
    return str(asked.params["name"])


def _phone_number(asked: Asked) -> str:
    settings: Mapping[str, Any] = asked.params.get("settings") or {}
    return str(settings.get("phone_number"))


def its_power_is_what_was_done_last(story: Story, ledger: Ledger) -> Iterator[Broken]:
    """Running after launch and reboot, stopped after quit; hands from outside are respected."""
    true = {each.place: each for each in story.true}
    for emulator_id, history in _by_emulator(story).items():
        place = history[-1].place
        standing = true.get(place) if place is not None else None
        powered = [each for each in history if _moves_power(each, ledger)]
        if standing is None or not powered or not powered[-1].succeeded:
            continue
        last = powered[-1]
        # A clone that moved the power has stopped its source first.
        wanted = "stopped" if last.verb in {"quit", "clone"} else "running"
        gone = any(e.verb == "remove" and e.succeeded for e in history)
        if standing.power != wanted and not gone and not _meddled(story, last):
            words = f"{last} left {emulator_id} {wanted}; it is {standing.power}"
            yield _broken("power", words, last.id)


def _moves_power(asked: Asked, ledger: Ledger) -> bool:
    given = any(d.verb in {"launch", "reboot", "quit"} for d in ledger.of[asked.id])
    return given or (asked.succeeded and asked.verb in {"launch", "reboot", "quit"})


def _meddled(story: Story, last: Asked) -> bool:
    return any(
        trouble.workstation == last.workstation
        and trouble.what in POWER_ACTIONS
        and trouble.ended >= last.started
        for trouble in story.troubles
    )


def _broken(rule: str, words: str, *operations: str, deeds: Sequence[Deed] = ()) -> Broken:
    return Broken(rule=rule, words=words, operations=operations, deeds=tuple(deeds))


RULES: Sequence[Rule] = (
    every_accepted_operation_ended,
    lost_is_only_what_could_not_be_seen,
    nothing_once_is_done_twice,
    no_two_change_one_emulator_at_once,
    nothing_is_done_outside_of_its_operation,
    lanes_are_kept,
    success_is_what_was_done,
    the_record_is_the_truth,
    what_was_made_is_there_and_what_was_removed_is_not,
    what_was_set_last_is_in_force,
    its_power_is_what_was_done_last,
)
