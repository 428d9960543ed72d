"""The targets of a batch: ids or a filter, frozen when it is accepted."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.batch import MOST_TARGETS, check_one_way, check_says_something
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.filter import EVERYTHING, Filter
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.listing import EMULATORS, WORKSTATIONS, Noun, facts_of_workstation
from ldfleet.domain.verb import RULES, Verb
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import EmulatorQuery, UnitOfWork
from ldfleet.services.scoping import holds

T = TypeVar("T")

PIECE = 500  # targets read and judged at a time, so that nothing else waits long


def noun_of(verb: Verb) -> Noun:
    """What a filter for this verb is about."""
    return WORKSTATIONS if RULES[verb].on_workstation else EMULATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Either ids, or a filter, or all there are; never two of them."""

    ids: tuple[str, ...] | None = None
    filter: Filter | None = None
    """Of emulators, or of workstations for a verb on these: `noun_of`. One that rules nothing out
    is refused: a script whose variable is empty does not mean the whole farm."""
    everything: bool = False

    def checked(self) -> "Selection":
        """Each id once. Raises FieldInvalid, SelectionEmpty, SelectionTooLarge."""
        check_one_way(
            ids=self.ids is not None, filter_=self.filter is not None, everything=self.everything
        )
        if self.everything:
            return self
        if self.ids is None:
            check_says_something("" if self.filter is None else self.filter.text)
            return self
        if not self.ids:
            raise errors.SelectionEmpty(reason="the list of ids has none")
        once = tuple(dict.fromkeys(self.ids))
        if len(once) > MOST_TARGETS:
            raise errors.SelectionTooLarge(limit=MOST_TARGETS)
        return Selection(ids=once)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one operation of a batch is asked of."""

    workstation: Workstation
    emulator: Emulator | None = None

    @property
    def id(self) -> str:
        """Of the emulator, or of the workstation that is asked itself."""
        return self.workstation.id if self.emulator is None else self.emulator.id

    @property
    def name(self) -> str:
        """As `id`."""
        return self.workstation.name if self.emulator is None else self.emulator.name


async def targets(
    work: UnitOfWork,
    verb: Verb,
    selection: Selection,
    farm: Mapping[WorkstationId, Workstation],
    *,
    scope: Scope | None = None,
) -> AsyncGenerator[Sequence[Target]]:
    """The selected ones in pieces, ids in their order, else as lists have them.

    What is outside of the scope is not there: as an id not known, by a filter not matched.

    Raises:
        EmulatorNotFound, WorkstationNotFound: one of the ids is not known.
        SelectionEmpty, SelectionTooLarge: the filter matches none, or too many.
    """
    found = 0
    async for selected in _pieces(work, verb, selection, farm):
        piece = _in_scope(selected, selection, scope)
        found += len(piece)
        if found > MOST_TARGETS:
            raise errors.SelectionTooLarge(limit=MOST_TARGETS)
        yield piece
    if not found:
        raise errors.SelectionEmpty(reason="the filter matches none")


def _in_scope(
    piece: Sequence[Target], selection: Selection, scope: Scope | None
) -> Sequence[Target]:
    seen = [each for each in piece if holds(scope, each.workstation, each.emulator)]
    if selection.ids is None or len(seen) == len(piece):
        return seen
    foreign = next(each for each in piece if each not in seen)
    if foreign.emulator is None:
        raise errors.WorkstationNotFound(workstation=foreign.id)
    raise errors.EmulatorNotFound(emulator=foreign.id)


async def _pieces(
    work: UnitOfWork, verb: Verb, selection: Selection, farm: Mapping[WorkstationId, Workstation]
) -> AsyncGenerator[Sequence[Target]]:
    if RULES[verb].on_workstation:
        for workstations in pieces_of(_workstations(selection, farm)):
            yield [Target(workstation=each) for each in workstations]
        return
    emulators = _by_filter if selection.ids is None else _by_id
    async for piece in emulators(work, selection):
        yield [_target(each, farm) for each in piece]


def _target(emulator: Emulator, farm: Mapping[WorkstationId, Workstation]) -> Target:
    workstation = farm.get(emulator.workstation_id)
    if workstation is None:  # added since the farm was read
        raise errors.WorkstationNotFound(workstation=emulator.workstation_id)
    return Target(workstation=workstation, emulator=emulator)


def _workstations(
    selection: Selection, farm: Mapping[WorkstationId, Workstation]
) -> Sequence[Workstation]:
    if selection.ids is None:
        wanted = selection.filter or EVERYTHING
        return [each for each in farm.values() if wanted.holds(facts_of_workstation(each))]
    for each in selection.ids:
        if each not in farm:
            raise errors.WorkstationNotFound(workstation=each)
    return [farm[WorkstationId(each)] for each in selection.ids]


async def _by_id(work: UnitOfWork, selection: Selection) -> AsyncGenerator[Sequence[Emulator]]:
    for some in pieces_of(selection.ids or ()):
        found = await work.emulators.some([EmulatorId(each) for each in some])
        for each in some:
            if each not in found:
                raise errors.EmulatorNotFound(emulator=each)
        yield [found[EmulatorId(each)] for each in some]


async def _by_filter(work: UnitOfWork, selection: Selection) -> AsyncGenerator[Sequence[Emulator]]:
    query = EmulatorQuery(matching=selection.filter or EVERYTHING)
    cursor: str | None = None
    while True:
        page = await work.emulators.list(query, cursor=cursor, limit=PIECE)
        yield [placed.emulator for placed in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return


def pieces_of(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, few enough at a time."""
    for start in range(0, len(items), PIECE):
        yield items[start : start + PIECE]
