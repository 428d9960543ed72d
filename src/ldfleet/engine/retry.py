"""Which failures pass by themselves, and when the operation is tried again (style.md 5.2).

An operation is put back into the queue only while it has begun nothing but looks: what may have
had an effect is judged by its own workflow, never repeated from here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ldfleet import errors
from ldfleet.domain.operation import Operation
from ldfleet.errors import Kind

TRIES = 3
"""How often an operation is put back in all."""
LOOKS = frozenset({"look", "scan"})
"""The names of steps that only look; `look …` too."""
_JITTER = 0.5  # of the pause, so that what failed together does not come back together


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often an operation may be put back after failures of a kind, and after which pause."""

    tries: int
    first: float
    """Seconds."""
    factor: float = 2.0


_NEVER = Policy(tries=0, first=0.0)
POLICIES: Mapping[Kind, Policy] = {
    Kind.INVALID: _NEVER,
    Kind.UNAUTHENTICATED: _NEVER,
    Kind.DENIED: _NEVER,
    Kind.NOT_FOUND: _NEVER,
    Kind.CONFLICT: _NEVER,
    Kind.LIMITED: Policy(tries=TRIES, first=60.0),
    Kind.REMOTE: Policy(tries=1, first=20.0),
    Kind.UNAVAILABLE: Policy(tries=TRIES, first=20.0),
    Kind.TIMED_OUT: Policy(tries=TRIES, first=20.0),
    Kind.EXHAUSTED: _NEVER,
    Kind.INTERNAL: _NEVER,
}


def pause(
    operation: Operation, failure: errors.FleetError, *, begun: Collection[str], roll: float
) -> float | None:
    """Seconds until another try; None: it has failed. `roll` is chance, 0 to 1."""
    policy = POLICIES[failure.kind]
    if operation.tries >= policy.tries or not all(only_looks(name) for name in begun):
        return None
    return policy.first * policy.factor**operation.tries * (1 + _JITTER * roll)


def only_looks(step: str) -> bool:
    """Whether a step of this name can have had no effect."""
    return step.partition(" ")[0] in LOOKS
