"""Has every request that wants a login counted."""

from fastapi import Request

from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.rates import RATE
from ldfleet.domain.actor import Actor


async def limited(request: Request, services: TheServices, actor: CurrentActor) -> None:
    """A dependency of every route that wants a login; the edge tells what is left."""
    setattr(request.state, RATE, services.limiter.take(_key(actor)))


def _key(actor: Actor) -> str:
    return f"{actor.source} {actor.user_id or actor.name}"
