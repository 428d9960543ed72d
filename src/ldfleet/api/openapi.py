"""`python -m ldfleet.api.openapi > openapi.json`: the committed description of the API."""

import json
import sys
from typing import Any

from ldfleet.api.app import without_services
from ldfleet.wire.problem import Problem
from ldfleet.wire.server import ChangesOut


def describe() -> dict[str, Any]:
    """The OpenAPI document, with the schemas that no route names by itself."""
    document = without_services().openapi()
    schemas = document["components"]["schemas"]
    for model in (Problem, ChangesOut):
        schema = model.model_json_schema(
            mode="serialization", ref_template="#/components/schemas/{model}"
        )
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    return document


def text() -> str:
    """The document as it is committed."""
    return json.dumps(describe(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
