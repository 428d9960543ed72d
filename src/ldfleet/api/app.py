"""The HTTP application."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

import ldfleet
from ldfleet.api import (
    apps,
    audit,
    auth,
    backups,
    batches,
    checkups,
    configuration,
    dashboard,
    emulators,
    farm_problems,
    health,
    imports,
    live,
    loads,
    looks,
    metrics,
    operations,
    preparing,
    problem_pages,
    problems,
    profiles,
    reference,
    schedules,
    sites,
    tokens,
    users,
    verbs,
    views,
    walls,
    workstations,
)
from ldfleet.api.authorisation import (
    ADMINS,
    ANY_TIME,
    KEEPERS,
    METRICS,
    OPERATORS,
    SHARED,
    VIEWERS,
    WATCHERS,
    Needs,
    declared,
    everyone,
)
from ldfleet.api.edge import Edge
from ldfleet.api.limits import limited
from ldfleet.api.reading import Reading
from ldfleet.api.services import Services

PREFIX = "/api"
_OPEN: Sequence[APIRouter] = (health.public, auth.public, apps.transfers)
# Routes that need more than their router say so themselves.
_ROUTERS: Sequence[tuple[APIRouter, Needs]] = (
    (health.router, VIEWERS),
    (auth.own, ANY_TIME),
    (auth.sessions, VIEWERS),
    (users.router, ADMINS),
    (tokens.router, VIEWERS),
    (workstations.router, OPERATORS),
    (imports.router, OPERATORS),
    (preparing.router, OPERATORS),
    (sites.router, KEEPERS),
    (emulators.router, OPERATORS),
    (looks.router, OPERATORS),
    (walls.router, WATCHERS),
    (operations.router, OPERATORS),
    (batches.router, OPERATORS),
    (profiles.router, SHARED),
    (apps.router, SHARED),
    (schedules.router, OPERATORS),
    (views.router, VIEWERS),
    (live.router, VIEWERS),
    (audit.router, ADMINS),
    (configuration.router, ADMINS),
    (farm_problems.router, OPERATORS),
    (backups.router, OPERATORS),
    (checkups.router, OPERATORS),
    (loads.router, OPERATORS),
    (verbs.emulators, OPERATORS),
    (verbs.workstations, OPERATORS),
)


def create_app(services: Services) -> FastAPI:
    """The application over its services. It starts nothing and owns nothing."""
    app = without_services()
    app.state.services = services
    app.add_middleware(Reading)
    app.add_middleware(Edge, new_id=services.new_id)
    problems.install(app)
    list(declared(app.routes))
    return app


def without_services() -> FastAPI:
    """The routes alone: enough to describe the API."""
    app = FastAPI(
        title="ldfleet",
        summary=ldfleet.__doc__,
        version=ldfleet.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_name_of,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    for router in _OPEN:
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(everyone)])
    for router, needs in _ROUTERS:
        # Refusals are written down: they are counted first, so that nobody fills the log.
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(limited), Depends(needs)])
    app.include_router(metrics.router, dependencies=[Depends(limited), Depends(METRICS)])
    for pages in (problem_pages.router, reference.router, dashboard.router_over()):
        app.include_router(pages, dependencies=[Depends(everyone)])
    return app


def _name_of(route: APIRoute) -> str:
    return route.name
