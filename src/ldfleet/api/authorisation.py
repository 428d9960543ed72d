"""What a route needs of who comes: declared where routers are put together.

What is not declared is refused: the application can't even be made with such a route.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from ldfleet import errors
from ldfleet.api.dependencies import SAFE, CurrentActor
from ldfleet.domain.actor import Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """A dependency: the role for reading, and for all else. Several on one route all hold."""

    read: Role
    write: Role
    whole_farm: bool = False
    """What needs more than a viewer concerns everybody: nobody with a scope may do it."""
    at_all_times: bool = False
    """Before a password that has to be changed was changed, too."""
    metrics: bool = False
    """For a token that may read the metrics only, too."""

    def role(self, method: str) -> Role:
        """What a request with that method needs."""
        return self.read if method in SAFE else self.write

    def check(self, actor: Actor, method: str) -> None:
        """Raises PermissionDenied, ScopeTooNarrow, PasswordChangeNeeded."""
        if actor.must_change_password and not self.at_all_times:
            raise errors.PasswordChangeNeeded
        needed = self.role(method)
        if actor.metrics_only and not self.metrics:
            raise errors.PermissionDenied(actor=actor.name, role="metrics", needed=needed)
        if not actor.metrics_only and not actor.role.covers(needed):
            raise errors.PermissionDenied(actor=actor.name, role=actor.role, needed=needed)
        if self.whole_farm and actor.scope is not None and needed is not Role.VIEWER:
            raise errors.ScopeTooNarrow(actor=actor.name)

    async def __call__(self, request: Request, actor: CurrentActor) -> None:
        self.check(actor, request.method)


ANY_TIME = Needs(read=Role.VIEWER, write=Role.VIEWER, at_all_times=True)
VIEWERS = Needs(read=Role.VIEWER, write=Role.VIEWER)
OPERATORS = Needs(read=Role.VIEWER, write=Role.OPERATOR)
WATCHERS = Needs(read=Role.OPERATOR, write=Role.OPERATOR)
"""Of screens, which may show what is private."""
SHARED = Needs(read=Role.VIEWER, write=Role.OPERATOR, whole_farm=True)
"""What all parts of the farm have in common."""
KEEPERS = Needs(read=Role.VIEWER, write=Role.ADMIN, whole_farm=True)
ADMINS = Needs(read=Role.ADMIN, write=Role.ADMIN, whole_farm=True)
METRICS = Needs(read=Role.ADMIN, write=Role.ADMIN, whole_farm=True, metrics=True)
"""A token for metrics alone may, and an administrator."""


async def everyone() -> None:
    """A dependency: this is open to strangers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A route, and what it needs; nothing: it is open to strangers."""

    method: str
    path: str
    needs: tuple[Needs, ...]


def declared(routes: Sequence[BaseRoute]) -> Iterator[Declared]:
    """All routes with what they need. Raises RuntimeError for one that does not say."""
    for route in iter_route_contexts(routes):
        asked = [each.dependency for each in getattr(route, "dependencies", ())]
        needs = tuple(each for each in asked if isinstance(each, Needs))
        if not needs and everyone not in asked:
            raise RuntimeError(f"{route.path} does not say who may use it")
        for method in sorted(route.methods or ()):
            yield Declared(method=method, path=route.path or "", needs=needs)
