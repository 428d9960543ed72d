"""`python -m ldfleet.api.openapi > openapi.json`: the committed description of the API."""

import json
import sys
from typing import Any

from ldfleet.api import description
from ldfleet.api.app import without_services


def describe() -> dict[str, Any]:
    """The OpenAPI document of the routes alone."""
    return description.describe(without_services())


def text() -> str:
    """The document as it is committed."""
    return json.dumps(describe(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
