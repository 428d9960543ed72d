"""How many requests an actor may send: a bucket of tokens for each, in this process's memory."""

import math
from collections import OrderedDict
from dataclasses import dataclass

from ldfleet import errors
from ldfleet.ports import Clock

_MOST_BUCKETS = 10_000  # the longest unused are forgotten: they are full again by then
RATE = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an actor has left; `reset` is the seconds until all of it is there again."""

    limit: int
    remaining: int
    reset: int


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimiter:
    """`rate` requests a second on and on, `burst` at once; a rate of 0 is no limit."""

    def __init__(self, *, clock: Clock, rate: float, burst: int) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> Allowance | None:
        """One request; None where there is no limit. Raises RateLimited."""
        if not self._rate:
            return None
        now = self._clock.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(float(self._burst), now))
        self._buckets.move_to_end(key)
        while len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.tokens < 1:
            wait = math.ceil((1 - bucket.tokens) / self._rate)
            raise errors.RateLimited(limit=self._burst, retry_after_s=wait)
        bucket.tokens -= 1
        left = int(bucket.tokens)
        reset = math.ceil((self._burst - bucket.tokens) / self._rate)
        return Allowance(limit=self._burst, remaining=left, reset=reset)


def headers_of(allowance: Allowance | None) -> dict[str, str]:
    """What is left, as headers."""
    if allowance is None:
        return {}
    return {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(allowance.reset),
    }
