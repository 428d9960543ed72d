"""The HTTP application."""

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

import ldfleet
from ldfleet.api import (
    audit,
    batches,
    emulators,
    health,
    live,
    operations,
    problem_pages,
    problems,
    profiles,
    schedules,
    sites,
    verbs,
    workstations,
)
from ldfleet.api.dependencies import current_actor
from ldfleet.api.edge import Edge
from ldfleet.api.services import Services

PREFIX = "/api"


def create_app(services: Services) -> FastAPI:
    """The application over its services. It starts nothing and owns nothing."""
    app = without_services()
    app.state.services = services
    app.add_middleware(Edge, new_id=services.new_id)
    problems.install(app)
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
    app.include_router(health.public, prefix=PREFIX)
    app.include_router(_protected(), prefix=PREFIX)
    app.include_router(problem_pages.router)
    return app


def _protected() -> APIRouter:
    router = APIRouter(dependencies=[Depends(current_actor)])
    nouns = (health, workstations, sites, emulators, operations, batches, profiles, schedules, live)
    for noun in nouns:
        router.include_router(noun.router)
    router.include_router(audit.router)
    router.include_router(verbs.emulators)
    router.include_router(verbs.workstations)
    return router


def _name_of(route: APIRoute) -> str:
    return route.name
