"""Failed logins, and how long one waits after too many of them.

They are counted by name and address together, and by address, never by a name alone: else
anybody could keep somebody else out by failing in that one's name.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

FORGOTTEN = timedelta(hours=1)
"""Without a failure for so long the count begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """So many failures are free; each one after them doubles the hold."""

    free: int
    first: float
    longest: float = 900.0

    def hold(self, failures: int) -> float:
        """Seconds to wait after that many failures."""
        beyond = failures - self.free
        return 0.0 if beyond < 0 else min(self.longest, self.first * 2.0 ** min(beyond, 30))


OF_PAIR = Patience(free=8, first=5.0)
OF_ADDRESS = Patience(free=40, first=5.0)
"""Many people may share one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How often it went wrong lately."""

    number: int
    last_at: datetime
    held_until: datetime | None = None

    def held(self, now: datetime) -> int:
        """Whole seconds until the next attempt counts; 0: now."""
        if self.held_until is None or self.held_until <= now:
            return 0
        return math.ceil((self.held_until - now).total_seconds())

    def another(self, patience: Patience, now: datetime) -> "Failures":
        """One more, long after the last one the first."""
        number = 1 if now - self.last_at > FORGOTTEN else self.number + 1
        hold = patience.hold(number)
        return Failures(
            number=number,
            last_at=now,
            held_until=now + timedelta(seconds=hold) if hold else None,
        )

    def taken_back(self) -> "Failures":
        """One less: it was none."""
        return Failures(number=max(0, self.number - 1), last_at=self.last_at)
