"""docs/reference/api.md."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ldfleet.api.openapi import describe
from tools.reference.markdown import code, head, table, text

JSON = Mapping[str, Any]

_COMMON = frozenset(
    {"validation_failed", "internal_error", "database_busy", "database_unreachable"}
    | {"token_missing", "token_invalid"}
)
_PAGE = re.compile(r"Page_(\w+)_")
_METHODS = ("get", "post", "put", "patch", "delete")


def page() -> str:
    """The whole page."""
    document = describe()
    schemas: JSON = document["components"]["schemas"]
    lines = [head("api")]
    used: set[str] = set()
    for tag, routes in groupby(sorted(_routes(document), key=_place), key=_tag):
        lines += [f"## {tag.capitalize()}", ""]
        for method, path, operation in routes:
            lines += _route(method, path, operation)
            used |= _names(operation)
    lines += ["## What is sent and answered", ""]
    for name in sorted(each for each in _closure(used, schemas) if not _PAGE.fullmatch(each)):
        lines += _schema(name, schemas[name])
    return "\n".join(lines)


def _routes(document: JSON) -> Iterator[tuple[str, str, JSON]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def _tag(route: tuple[str, str, JSON]) -> str:
    return str(route[2]["tags"][0])


def _place(route: tuple[str, str, JSON]) -> tuple[str, str]:
    return _tag(route), route[1]


def _route(method: str, path: str, operation: JSON) -> Iterator[str]:
    yield f"### {method} {path}"
    yield ""
    yield f"{text(operation['summary'])}. {_role(operation)}"
    if about := operation.get("description"):
        yield ""
        yield text(about)
    yield ""
    parameters: Sequence[JSON] = operation.get("parameters", [])
    if parameters:
        yield from table(("Where", "Name", "Type", "About"), map(_parameter, parameters))
        yield ""
    if body := operation.get("requestBody"):
        yield f"Sent: {_content(body)}"
        yield ""
    yield from _answers(operation["responses"])
    yield ""


def _role(operation: JSON) -> str:
    if not operation.get("security"):
        return "For everyone."
    return f"Role: {operation['x-role']}." if "x-role" in operation else "Needs a token."


def _parameter(parameter: JSON) -> Sequence[str]:
    needed = " (needed)" if parameter.get("required") and parameter["in"] != "path" else ""
    return (
        parameter["in"] + needed,
        code(parameter["name"]),
        _type(parameter["schema"]).removesuffix(" or null"),
        text(parameter.get("description", "")),
    )


def _answers(responses: JSON) -> Iterator[str]:
    for status, response in sorted(responses.items()):
        if "application/problem+json" not in response.get("content", {}):
            yield f"- {status}: {_content(response) if 'content' in response else 'no body'}"
        elif codes := [each for each in response["description"].split(", ") if each not in _COMMON]:
            yield f"- {status}: {', '.join(map(code, codes))}"


def _content(body: JSON) -> str:
    return ", ".join(
        _type(each.get("schema", {})) or kind for kind, each in body["content"].items()
    )


def _type(schema: JSON) -> str:
    if "$ref" in schema:
        return _link(schema["$ref"].rpartition("/")[2])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            joined = " or ".join(_type(each) for each in schema[key] if each.get("type") != "null")
            optional = any(each.get("type") == "null" for each in schema[key])
            return f"{joined} or null" if optional else joined
    if "enum" in schema:
        return ", ".join(code(str(each)) for each in schema["enum"])
    if "const" in schema:
        return code(str(schema["const"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return _plain(schema)


def _link(name: str) -> str:
    listed = _PAGE.fullmatch(name)
    return f"a page of {_link(listed[1])}" if listed else f"[{name}](#{name.lower()})"


def _plain(schema: JSON) -> str:
    kind = str(schema.get("format") or schema.get("type") or "")
    bounds = [
        f"{sign} {schema[key]}"
        for key, sign in (
            ("minimum", "≥"),
            ("maximum", "≤"),
            ("exclusiveMinimum", ">"),
            ("minLength", "length ≥"),
            ("maxLength", "length ≤"),
        )
        if key in schema
    ]
    return f"{kind} {', '.join(bounds)}".strip()


def _names(part: JSON) -> set[str]:
    """The schemas that a piece of the document names."""
    return set(re.findall(r"#/components/schemas/(\w+)", json.dumps(part)))


def _closure(names: set[str], schemas: JSON) -> set[str]:
    reached: set[str] = set()
    while names - reached:
        reached |= names
        names = names.union(*(_names(schemas[name]) for name in names))
    return reached


def _schema(name: str, schema: JSON) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    if about := schema.get("description"):
        yield text(about)
        yield ""
    if "enum" in schema:
        yield _type(schema)
        yield ""
        return
    needed = set(schema.get("required", ()))
    rows = (
        (
            code(field) + ("" if field in needed else " (optional)"),
            _type(each),
            text(each.get("description", "")),
        )
        for field, each in schema.get("properties", {}).items()
    )
    yield from table(("Field", "Type", "About"), rows)
    yield ""
