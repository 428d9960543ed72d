"""What many ask for at the same moment, done in one go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from ldfleet.engine.pace import Pace
from ldfleet.ports import Clock
from ldfleet.shield import unbroken

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True, eq=False)
class _Wish(Generic[T, R]):
    item: T
    settled: bool = False
    answer: R | None = None
    error: BaseException | None = None


class Together(Generic[T, R]):
    """One round at a time: what is asked for during a round is all in the next one.

    Whoever asks comes back after the round that held their item, even if they are cancelled
    meanwhile: nothing is done behind anybody's back. `act` bounds itself.
    """

    def __init__(
        self, act: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, at_most: int, clock: Clock
    ) -> None:
        """`act` answers each item, in their order; it gets no more than `at_most` at once."""
        self._act = act
        self._at_most = at_most
        self._due: list[_Wish[T, R]] = []
        self._turn = asyncio.Lock()
        self._pace = Pace(clock)

    async def __call__(self, item: T) -> R:
        """The answer to this item. An error of `act` is everyone's of its round."""
        wish = _Wish[T, R](item)
        self._due.append(wish)
        await unbroken(self._settled(wish))
        if wish.error is not None:
            raise wish.error
        return cast("R", wish.answer)

    async def _settled(self, wish: _Wish[T, R]) -> None:
        """The lock is fair, so whoever has the turn was taken along before, or is the first."""
        async with self._turn:
            if wish.settled:
                return
            if len(self._due) < self._at_most:
                await self._pace.rest()
            some = self._due[: self._at_most]
            del self._due[: self._at_most]
            try:
                async with self._pace.turn():
                    answers = await self._act([one.item for one in some])
                for one, answer in zip(some, answers, strict=True):
                    one.answer = answer
            except BaseException as error:  # noqa: BLE001 - raised for whoever asked
                for one in some:
                    one.error = error
            finally:
                for one in some:
                    one.settled = True
