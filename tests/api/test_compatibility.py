"""What is released stays: a newer openapi.json takes nothing away without saying so.

`released.json` is openapi.json as it was in the newest release (docs/decisions/0012).
"""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.compatibility import breaks

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
RELEASED = json.loads(Path(__file__).with_name("released.json").read_text())
NOW = json.loads((ROOT / "openapi.json").read_text())
# Only who asks with `fields`, which was not there before, is answered a part.
HARMLESS = re.compile(r"GET /api/\S+: PartPage may be answered now")
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things": {
            "post": {
                "parameters": [
                    {"in": "query", "name": "dry", "schema": {"type": "boolean"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/ThingIn"}}
                    }
                },
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        }
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "ThingIn": {
                "type": "object",
                "properties": {
                    "colour": {"$ref": "#/components/schemas/Colour"},
                    "size": {"anyOf": [{"type": "integer", "maximum": 9}, {"type": "null"}]},
                    "part": {"$ref": "#/components/schemas/ThingIn"},
                },
            },
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "colour": {"$ref": "#/components/schemas/Colour"},
                    "weight": {"type": "number"},
                },
            },
            "Colour": {"type": "string", "enum": ["red", "blue"]},
        }
    },
}
Change = Callable[[dict[str, Any], dict[str, Any]], Any]
"""Of the operation, and of the schemas."""


def told(change: Change) -> list[str]:
    new = copy.deepcopy(DOCUMENT)
    change(new["paths"]["/things"]["post"], new["components"]["schemas"])
    return [str(each) for each in breaks(DOCUMENT, new)]


def required(name: str) -> dict[str, Any]:
    return {"in": "query", "name": name, "required": True, "schema": {"type": "string"}}


TAKEN: dict[str, Change] = {
    "POST /things: the parameter query dry is gone": lambda o, _: o["parameters"].clear(),
    "POST /things: the parameter query why is required": lambda o, _: o["parameters"].append(
        required("why")
    ),
    "POST /things: a body is required": lambda o, _: o["requestBody"].update(required=True),
    "POST /things: 200 is answered no more": lambda o, _: o["responses"].update(
        {"202": o["responses"].pop("200")}
    ),
    "Colour: accepts blue no more": lambda _, s: s["Colour"].update(enum=["red", "green"]),
    "ThingIn.part: the field is gone": lambda _, s: s["ThingIn"]["properties"].pop("part"),
    "ThingIn.size: the field is required": lambda _, s: s["ThingIn"].update(required=["size"]),
    "ThingIn.size: integer is accepted no more": lambda _, s: s["ThingIn"]["properties"]["size"][
        "anyOf"
    ][0].update(maximum=8),
    "ThingIn.size: null is accepted no more": lambda _, s: s["ThingIn"]["properties"]["size"][
        "anyOf"
    ].pop(),
    "Thing.id: the field is gone": lambda _, s: s["Thing"]["properties"].pop("id"),
    "Thing.id: the field may be missing": lambda _, s: s["Thing"].pop("required"),
    "Thing.id: string became integer": lambda _, s: s["Thing"]["properties"]["id"].update(
        type="integer"
    ),
    "Thing.weight: null may be answered now": lambda _, s: s["Thing"]["properties"].update(
        weight={"anyOf": [{"type": "number"}, {"type": "null"}]}
    ),
}
GIVEN: dict[str, Change] = {
    "another answer": lambda o, _: o["responses"].update({"409": {}}),
    "a parameter": lambda o, _: o["parameters"].append(
        {"in": "query", "name": "why", "schema": {"type": "string"}}
    ),
    "a field that may be left out": lambda _, s: s["ThingIn"]["properties"].update(
        name={"type": "string"}
    ),
    "a field of the answer": lambda _, s: s["Thing"]["properties"].update(name={"type": "string"}),
    "a colour": lambda _, s: s["Colour"]["enum"].append("green"),
    "room": lambda _, s: s["ThingIn"]["properties"]["size"]["anyOf"][0].update(maximum=10),
    "a whole number where numbers came": lambda _, s: s["Thing"]["properties"]["weight"].update(
        type="integer"
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_taken_away_is_found(what: str) -> None:
    assert told(TAKEN[what]) == [what]


@pytest.mark.parametrize("what", GIVEN)
def test_what_is_given_takes_nothing_away(what: str) -> None:
    assert told(GIVEN[what]) == []


def test_a_route_that_is_gone_is_found() -> None:
    [gone] = breaks(DOCUMENT, {**DOCUMENT, "paths": {}})

    assert str(gone) == "POST /things: the route is gone"


def test_the_released_document_is_that_of_the_newest_release() -> None:
    [newest, *_] = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", CHANGELOG, re.MULTILINE)

    assert RELEASED["info"]["version"] == newest, "a release copies openapi.json to released.json"


def test_nothing_of_the_release_is_taken_away_unsaid() -> None:
    unreleased = CHANGELOG.partition("## [Unreleased]")[2].partition("\n## [")[0]
    said = " ".join(re.findall(r"^- BREAKING: .*(?:\n  .*)*", unreleased, re.MULTILINE))

    unsaid = [
        str(each)
        for each in breaks(RELEASED, NOW)
        if f"`{each.place}`" not in said and not HARMLESS.fullmatch(str(each))
    ]

    assert unsaid == [], "keep it, or write a line `- BREAKING:` that names each `place`"
