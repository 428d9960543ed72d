"""A login's tokens, renewed when they expire; for one process, or kept where others share them."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Pair:
    """What a login is proved with."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class Keeper(Protocol):
    """Where several processes share a login: a refresh token that two of them use ends it."""

    def alone(self) -> AbstractContextManager[Pair | None]:
        """Nobody else renews meanwhile; gives what is kept now, None after a logout."""
        ...

    def keep(self, pair: Pair) -> None:
        """Keep it in place of what was kept."""
        ...


class Login:
    """May be given to a client in place of a token."""

    def __init__(self, pair: Pair, keeper: Keeper | None = None) -> None:
        self._pair = pair
        self._keeper = keeper
        self.renewing = False
        """Whether a talk of this process is about to renew it: others wait for that."""

    @property
    def pair(self) -> Pair:
        """The newest that is known."""
        return self._pair

    @contextmanager
    def alone(self) -> Generator[None]:
        """Nobody else renews it meanwhile; what others renewed before is known inside."""
        keeper = self._keeper
        held: AbstractContextManager[Pair | None]
        held = nullcontext(None) if keeper is None else keeper.alone()
        self.renewing = True
        try:
            with held as kept:
                self._pair = kept or self._pair
                yield
        finally:
            self.renewing = False

    def renewed(self, pair: Pair) -> None:
        """Go on with these."""
        self._pair = pair
        if self._keeper is not None:
            self._keeper.keep(pair)
