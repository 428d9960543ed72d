"""`/docs`: the API for people, made of its OpenAPI document; nothing is loaded from elsewhere."""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from textwrap import dedent
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse

from ldfleet.api import description, html

router = APIRouter(include_in_schema=False)

JSON = Mapping[str, Any]
Route = tuple[str, str, JSON]
"""Method, path, operation."""

_FIRST = ("auth", "server", "workstations", "emulators", "operations", "batches")
_METHODS = ("get", "post", "put", "patch", "delete")
_WAY = """\
1. Sign in: with the name and password that you were given, or those that you chose when you made \
the first admin of a new server (POST /api/auth/setup). The answer's access_token is good for 15 \
minutes; a script takes an API token instead (POST /api/tokens), which begins with ldf_.

    export LDFLEET_URL=http://127.0.0.1:8080
    curl -X POST $LDFLEET_URL/api/auth/login \\
      -H 'Content-Type: application/json' -d '{"name": "anna", "password": "her password"}'
    export LDFLEET_TOKEN=the-access-token

2. Test the way to a PC that was prepared: each stage has a remedy. The PC's own certificate is \
trusted once you say so: the stage tls shows its fingerprint, to compare with the one on the PC. \
Then add the PC with it.

    curl -X POST $LDFLEET_URL/api/workstations/test-connection \\
      -H "Authorization: Bearer $LDFLEET_TOKEN" -H 'Content-Type: application/json' \\
      -d '{"name": "pc-01", "host": "10.0.0.5", "username": "farm", "password": "…"}'
    curl -X POST $LDFLEET_URL/api/workstations -H "Authorization: Bearer $LDFLEET_TOKEN" \\
      -H 'Content-Type: application/json' \\
      -d '{"name": "pc-01", "host": "10.0.0.5", "username": "farm", "password": "…",
           "certificate_sha256": "4f:0a:…"}'

3. See its emulators: they are there as soon as the PC was looked at.

    curl "$LDFLEET_URL/api/emulators?filter=status:stopped" \\
      -H "Authorization: Bearer $LDFLEET_TOKEN"

4. Launch one. The answer is 202 with an operation, whose id begins with op_.

    curl -X POST $LDFLEET_URL/api/emulators/em_…/launch -H "Authorization: Bearer $LDFLEET_TOKEN"

5. Wait for its end, 30 seconds at a time. The status succeeded means that Android was seen ready;\
 else failure says why, and what to do. Until then waiting_for or message says where it stands.

    curl "$LDFLEET_URL/api/operations/op_…?wait=30" -H "Authorization: Bearer $LDFLEET_TOKEN"

6. The same for many: first the plan, then without dry_run the batch.

    curl -X POST $LDFLEET_URL/api/batches -H "Authorization: Bearer $LDFLEET_TOKEN" \\
      -H 'Content-Type: application/json' \\
      -d '{"verb": "launch", "filter": "status:stopped", "dry_run": true}'
"""
_RULES = (
    "<p>JSON in snake_case; times are RFC 3339 in UTC, durations are in seconds. A field that "
    "does not exist is refused. Lists come in pages: the <code>next_cursor</code> of one is the "
    "<code>cursor</code> of the next, null on the last. What can be edited has an "
    "<code>ETag</code>; sent as <code>If-Match</code> it refuses to overwrite what somebody else "
    "has changed. An <code>Idempotency-Key</code> makes it safe to send again what acts. "
    'Whatever fails is answered by a <a href="/problems">problem</a> with a stable '
    "<code>code</code> and a <code>hint</code>.</p>"
)


@router.get("/docs")
async def show_reference(request: Request) -> HTMLResponse:
    # It takes half a second, once.
    return html.page("API", await run_in_threadpool(_parts, request.app))


@router.get("/docs/openapi.json")
async def get_openapi(request: Request) -> JSONResponse:
    return JSONResponse(await run_in_threadpool(_document, request.app))


@functools.lru_cache(maxsize=1)
def _document(app: Any) -> JSON:
    return description.describe(app)


@functools.lru_cache(maxsize=1)
def _parts(app: Any) -> Sequence[str]:
    document = _document(app)
    schemas: JSON = document["components"]["schemas"]
    routes = sorted(_routes(document), key=_place)
    parts = [
        f"<h1>The API of ldfleet {escape(document['info']['version'])}</h1>",
        f"<p>For programs: {html.link('/docs/openapi.json', 'openapi.json')}.</p>",
        "<h2>The way in</h2>",
    ]
    parts += [_paragraph(each) for each in _WAY.split("\n\n")]
    parts += [_RULES, "<h2>All requests</h2>"]
    parts += [html.rows(_line(route) for route in routes)]
    for tag, members in groupby(routes, key=_tag):
        parts.append(f"<h2>{escape(tag.capitalize())}</h2>")
        for route in members:
            parts += _told(route, schemas)
    return parts


def _paragraph(text: str) -> str:
    indented = text.startswith("    ")
    return f"<pre>{escape(dedent(text))}</pre>" if indented else f"<p>{escape(text)}</p>"


def _routes(document: JSON) -> Iterator[Route]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def _tag(route: Route) -> str:
    return str(route[2]["tags"][0])


def _place(route: Route) -> tuple[int, str]:
    tag = _tag(route)
    return (_FIRST.index(tag) if tag in _FIRST else len(_FIRST)), tag


def _line(route: Route) -> tuple[str, ...]:
    method, path, operation = route
    name = html.link(f"#{operation['operationId']}", f"{method} {path}")
    return name, escape(operation["summary"]), escape(_role(operation))


def _role(operation: JSON) -> str:
    return str(operation.get("x-role", "everyone"))


def _told(route: Route, schemas: JSON) -> Iterator[str]:
    method, path, operation = route
    yield f'<h3 id="{escape(operation["operationId"])}">{method} {escape(path)}</h3>'
    yield f"<p>{escape(operation['summary'])}. For: {escape(_role(operation))}.</p>"
    if about := operation.get("description"):
        yield f"<p>{escape(about)}</p>"
    given = [
        (html.code(each["name"]), each["in"], _type(each["schema"], schemas), _about(each))
        for each in operation.get("parameters", ())
    ]
    body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), None)
    if body is not None:
        given += _fields(body["schema"], schemas)
    if given:
        yield html.rows(given)
    yield f"<pre>{escape(_curl(method, path, operation, body))}</pre>"
    yield f"<p>{_answers(operation)}</p>"


def _fields(schema: JSON, schemas: JSON) -> Iterator[tuple[str, str, str, str]]:
    whole = _resolved(schema, schemas)
    needed = whole.get("required", ())
    for name, field in whole.get("properties", {}).items():
        place = "body, needed" if name in needed else "body"
        yield html.code(name), place, _type(field, schemas), _about(field)


def _about(part: JSON) -> str:
    return escape(str(part.get("description", "")))


def _resolved(schema: JSON, schemas: JSON) -> JSON:
    """The schema behind a reference, also where null is the other choice."""
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(choices) == 1:
        return _resolved(choices[0], schemas)
    if "$ref" in schema:
        found: JSON = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _type(schema: JSON, schemas: JSON) -> str:
    whole = _resolved(schema, schemas)
    if "anyOf" in whole:
        kinds = (_type(each, schemas) for each in whole["anyOf"])
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in whole:
        return ", ".join(html.code(str(each)) for each in whole["enum"])
    if whole.get("type") == "array":
        return f"list of {_type(whole.get('items', {}), schemas)}"
    if "properties" in whole:
        return "{" + ", ".join(html.code(name) for name in whole["properties"]) + "}"
    return escape(str(whole.get("format") or whole.get("type") or "anything"))


def _curl(method: str, path: str, operation: JSON, body: JSON | None) -> str:
    words = "curl" if method == "GET" else f"curl -X {method}"
    lines = [f"{words} $LDFLEET_URL{path}"]
    if "x-role" in operation:
        lines.append('  -H "Authorization: Bearer $LDFLEET_TOKEN"')
    if body is not None:
        kind = "merge-patch+json" if method == "PATCH" else "json"
        example = json.dumps(body.get("example", {}), ensure_ascii=False)
        lines += [f"  -H 'Content-Type: application/{kind}'", f"  -d {_quoted(example)}"]
    return " \\\n".join(lines)


def _quoted(text: str) -> str:
    quote = "'"
    return quote + text.replace(quote, "'\\''") + quote


def _answers(operation: JSON) -> str:
    told: list[str] = []
    for status, response in sorted(operation["responses"].items()):
        codes = response["description"].split(", ") if "problem+json" in str(response) else ()
        links = ", ".join(html.link(f"/problems/{code}", code) for code in codes)
        told.append(f"{status} {links or html.code(_answer_name(response))}")
    return "<br>".join(told)


def _answer_name(response: JSON) -> str:
    contents: Mapping[str, JSON] = response.get("content", {})
    names = [str(each.get("schema", {}).get("$ref", "")) for each in contents.values()]
    return "".join(names).rpartition("/")[2] or "done"
