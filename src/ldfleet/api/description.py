"""The OpenAPI document of the application, with what FastAPI does not say by itself."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.authorisation import declared
from ldfleet.api.examples import EXAMPLES
from ldfleet.domain.actor import Role
from ldfleet.wire.problem import Problem
from ldfleet.wire.server import ChangesOut

_HIDDEN = (Problem, ChangesOut)
"""No route names these by itself."""
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the answer that is known: 304 while it says the same.",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document; `x-role` is what a route needs, where it is not open to strangers."""
    document = app.openapi()
    schemas = document["components"]["schemas"]
    for model in _HIDDEN:
        schema = model.model_json_schema(
            mode="serialization", ref_template="#/components/schemas/{model}"
        )
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    _name_roles(document["paths"], app)
    _tell_of_every_route(document["paths"])
    for content in _bodies(document["paths"]):
        example = EXAMPLES.get(_schema_name(content["schema"]))
        if example is not None:
            content["example"] = example
    return document


def _name_roles(paths: dict[str, Any], app: FastAPI) -> None:
    order = tuple(Role)
    for route in declared(app.routes):
        operation = paths.get(route.path, {}).get(route.method.lower())
        roles = [needs.role(route.method) for needs in route.needs]
        if operation is not None and roles:
            operation["x-role"] = str(max(roles, key=order.index))


def _tell_of_every_route(paths: dict[str, Any]) -> None:
    """What middleware answers, whichever route it is."""
    for methods in paths.values():
        for method, operation in methods.items():
            answers = operation["responses"]
            answers.update(problems.documented(errors.MethodUnsupported))
            if "requestBody" in operation and "413" not in answers:
                answers.update(problems.documented(errors.RequestTooLarge))
            if method == "get" and "application/json" in answers["200"].get("content", {}):
                answers["304"] = {"description": "It is as the ETag in If-None-Match says."}
                operation.setdefault("parameters", []).append(_IF_NONE_MATCH)


def _bodies(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in paths.values():
        for operation in methods.values():
            yield from operation.get("requestBody", {}).get("content", {}).values()


def _schema_name(schema: dict[str, Any]) -> str:
    """Of what may be left out too: its schema is one of two."""
    named = [schema, *schema.get("anyOf", ())]
    references = [str(each["$ref"]) for each in named if "$ref" in each]
    return references[0].rpartition("/")[2] if references else ""
