"""Who breaks things amid the load, by a choice that a seed makes, and heals all of it again."""

import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from support.chaos_farm import ChaosFarm, now
from support.programs import Program

LEASE = 6.0
FROZEN = 1.7 * LEASE
READY = ("ldfleet: http", "ldfleet worker: ")  # what they say once they are at work
PATIENCE = 90.0  # seconds until all must be at work again
SEE_EVERY = 0.5
PEACE = 3.0  # seconds before the first blow
BETWEEN = (0.8, 2.6)


@dataclass(order=True, slots=True)
class Turn:
    """Something to do at its time."""

    at: float
    number: int
    act: Callable[[], None] = field(compare=False)


class Adversary:
    """`turn` does what is due; `heal` does all that is left of the healing."""

    def __init__(self, farm: ChaosFarm, chance: random.Random, *, freezes: bool) -> None:
        self._farm = farm
        self._chance = chance
        self._count = count()
        self._healing: list[Turn] = []
        self._frozen: dict[str, float] = {}
        self._down: set[str] = set()
        self._names = [str(each["name"]) for each in farm.items("/workstations")]
        self._kinds = self._all_kinds(freezes=freezes)
        self._first = chance.sample([act for act, _ in self._kinds], len(self._kinds))
        self._next = now() + PEACE
        self.blows = 0
        """How often it has struck."""

    def turn(self) -> None:
        while self._healing and self._healing[0].at <= now():
            heapq.heappop(self._healing).act()
        if now() >= self._next:
            self._next = now() + self._chance.uniform(*BETWEEN)
            self._choose()()
            self.blows += 1

    def heal(self) -> None:
        self._next = float("inf")
        deadline = now() + PATIENCE
        while self._healing:
            assert now() < deadline, f"{self._down} did not come back"
            heapq.heappop(self._healing).act()
            time.sleep(0.05)

    def _choose(self) -> Callable[[], None]:
        """Each kind once, whatever chance says; then the likely ones more often."""
        if self._first:
            return self._first.pop()
        acts = [act for act, _ in self._kinds]
        return self._chance.choices(acts, [weight for _, weight in self._kinds])[0]

    def _all_kinds(self, *, freezes: bool) -> list[tuple[Callable[[], None], int]]:
        farm = self._farm

        def name() -> str:
            at = self._chance.randrange(len(self._names))
            return self._names[at]

        kinds: list[tuple[Callable[[], None], int]] = [
            (self._kill_one, 5),
            (lambda: self._cut(name()), 6),
            (lambda: self._out_of_reach(name()), 4),
            (lambda: farm.act(name(), "cut_connections"), 3),
            (lambda: farm.act(name(), "vanish_shells"), 3),
            (lambda: self._wedge(name()), 2),
            (lambda: self._slow(name()), 2),
        ]
        return [*kinds, (self._freeze_one, 3)] if freezes else kinds

    def _heal_in(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._healing, Turn(now() + seconds, next(self._count), act))

    def _kill_one(self) -> None:
        program = self._pick()
        if program is not None:
            self._down.add(program.folder.name)
            self._farm.kill(program)
            self._heal_in(self._chance.uniform(0.2, 3.0), lambda: self._start(program))

    def _start(self, program: Program) -> None:
        """It may be struck again once it is at work."""
        said = _said(program)
        program.start()

        def see() -> None:
            if _said(program) > said:
                self._down.discard(program.folder.name)
            else:
                self._heal_in(SEE_EVERY, see)

        self._heal_in(SEE_EVERY, see)

    def _freeze_one(self) -> None:
        program = self._pick(servers_too=False)
        if program is not None:
            self._down.add(program.folder.name)
            self._frozen[program.folder.name] = self._farm.freeze(program)
            self._heal_in(FROZEN, lambda: self._thaw(program))

    def _thaw(self, program: Program) -> None:
        self._farm.thaw(program, self._frozen.pop(program.folder.name))
        self._down.discard(program.folder.name)

    def _pick(self, *, servers_too: bool = True) -> Program | None:
        """The server more seldom: nothing can be asked while it is away."""
        workers = [each for each in self._farm.workers if each.folder.name not in self._down]
        server_up = servers_too and "server" not in self._down
        if server_up and (not self._farm.workers or self._chance.random() < 0.3):
            return self._farm.server
        return self._chance.choice(workers) if workers else None

    def _cut(self, name: str) -> None:
        where = self._chance.choice(("before_command", "after_command", "mid_receive"))
        self._farm.switch(name, cut=where, cut_times=self._chance.randint(1, 4))
        self._heal_in(4.0, lambda: self._farm.switch(name, cut="", cut_times=0))

    def _out_of_reach(self, name: str) -> None:
        self._farm.switch(name, unreachable=True)
        seconds = self._chance.uniform(1.0, 7.0)
        self._heal_in(seconds, lambda: self._farm.switch(name, unreachable=False))

    def _slow(self, name: str) -> None:
        self._farm.switch(name, slow_commands_s=self._chance.uniform(0.3, 1.2))
        self._heal_in(5.0, lambda: self._farm.switch(name, slow_commands_s=0.0))

    def _wedge(self, name: str) -> None:
        self._farm.switch(name, wedged_service=True)

        def unwedge() -> None:
            # As a person does: end the service and what hangs.
            self._farm.act(name, "kill_vm_service")
            self._farm.act(name, "kill_players")
            self._farm.switch(name, wedged_service=False)

        self._heal_in(5.0, unwedge)


def _said(program: Program) -> int:
    return sum(program.told().count(words) for words in READY)
