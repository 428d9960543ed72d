"""Who asks, and what that one may see and do."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum, auto


class Role(StrEnum):
    """What somebody may do; each may all that those before it may."""

    VIEWER = auto()
    OPERATOR = auto()
    ADMIN = auto()

    def covers(self, needed: "Role") -> bool:
        """Whether who has this role may do what needs that one."""
        order = tuple(Role)
        return order.index(self) >= order.index(needed)

    def at_most(self, other: "Role") -> "Role":
        """The lesser of the two."""
        return self if other.covers(self) else other


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A part of the farm: workstations of these sites, and what carries one of these tags.

    An emulator is in it with its workstation, or by its own tags.
    """

    tags: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """The same in every process: cursors are told apart by it."""
        return f"Scope(tags={sorted(self.tags)}, sites={sorted(self.sites)})"

    def holds(self, *, site: str, tags: Collection[str]) -> bool:
        """Whether something at that site, with those tags (its workstation's too), is in it."""
        return site in self.sites or not self.tags.isdisjoint(tags)

    def within(self, other: "Scope | None") -> bool:
        """Whether nothing is in it that is not in the other; None is the whole farm."""
        return other is None or (self.tags <= other.tags and self.sites <= other.sites)


def common(one: Scope | None, other: Scope | None) -> Scope | None:
    """What both name; None is the whole farm. What is in it is in both."""
    if one is None or other is None:
        return one or other
    return Scope(tags=one.tags & other.tags, sites=one.sites & other.sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or program that was let in; `source` is the edge it came in by."""

    name: str
    source: str = "api"
    role: Role = Role.ADMIN
    scope: Scope | None = None
    """None: the whole farm."""
    user_id: str | None = None
    """None: not a person's account, but ldfleet itself."""
    session_id: str | None = None
    """Of a login; None for an API token."""
    token_id: str | None = None
    """Of an API token."""
    address: str | None = None
    """Where the request came from."""
    correlation_id: str | None = None
    """Of the request: what follows from it is found by this in every log."""
    metrics_only: bool = False
    """A token that may read `/metrics` and nothing else."""
    must_change_password: bool = False
    """Nothing else is open until that is done."""


SYSTEM = Actor(name="system", source="engine")
