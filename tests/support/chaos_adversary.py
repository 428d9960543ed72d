"""Who breaks things amid the load, by a plan that a seed makes, and heals all of it again."""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from support.chaos_farm import ChaosFarm, now
from support.programs import Program

HEALTHY = {
    "unreachable": False,
    "cut": "",
    "cut_times": 0,
    "wedged_service": False,
    "slow_commands_s": 0.0,
    "delay_s": 0.0,
}
LEASE = 6.0
FROZEN = 1.7 * LEASE


@dataclass(order=True, slots=True)
class Turn:
    """Something to do at its time."""

    at: float
    number: int
    act: Callable[[], None] = field(compare=False)


class Adversary:
    """`turn` does what is due; `heal` does all that is left of the healing."""

    def __init__(
        self, farm: ChaosFarm, chance: random.Random, *, seconds: float, freezes: bool
    ) -> None:
        self._farm = farm
        self._chance = chance
        self._count = count()
        self._turns: list[Turn] = []
        self._healing: list[Turn] = []
        self._frozen: dict[str, float] = {}
        self._down: set[str] = set()
        names = [each["name"] for each in farm.items("/workstations")]
        self._began = now()
        self._plan(names, seconds, freezes=freezes)

    def turn(self) -> None:
        passed = now() - self._began
        for turns in (self._healing, self._turns):
            while turns and turns[0].at <= passed:
                heapq.heappop(turns).act()

    def heal(self) -> None:
        self._turns.clear()
        while self._healing:
            heapq.heappop(self._healing).act()

    def _plan(self, names: Sequence[str], seconds: float, *, freezes: bool) -> None:
        chance, at = self._chance, 4.0
        kinds: list[tuple[Callable[[], None], int]] = [
            (self._kill_one, 5),
            (lambda: self._cut(chance.choice(names)), 6),
            (lambda: self._out_of_reach(chance.choice(names)), 4),
            (lambda: self._farm.act(chance.choice(names), "cut_connections"), 3),
            (lambda: self._farm.act(chance.choice(names), "vanish_shells"), 3),
            (lambda: self._wedge(chance.choice(names)), 2),
            (lambda: self._slow(chance.choice(names)), 2),
        ]
        if freezes:
            kinds.append((self._freeze_one, 3))
        acts, weights = zip(*kinds, strict=True)
        while at < seconds:
            self._later(self._turns, at, chance.choices(acts, weights)[0])
            at += chance.uniform(0.8, 2.6)
        # Whatever chance says, each kind comes once.
        for act in acts:
            self._later(self._turns, chance.uniform(4.0, seconds), act)

    def _later(self, turns: list[Turn], at: float, act: Callable[[], None]) -> None:
        heapq.heappush(turns, Turn(at, next(self._count), act))

    def _heal_in(self, seconds: float, act: Callable[[], None]) -> None:
        self._later(self._healing, now() - self._began + seconds, act)

    def _kill_one(self) -> None:
        program = self._pick()
        if program is not None:
            self._down.add(program.folder.name)
            self._farm.kill(program)
            self._heal_in(self._chance.uniform(0.2, 3.0), lambda: self._start(program))

    def _start(self, program: Program) -> None:
        program.start()
        self._down.discard(program.folder.name)

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
