from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from ldfleet.api.openapi import describe, text

COMMITTED = Path(__file__).parents[2] / "openapi.json"


def operations() -> dict[str, dict[str, Any]]:
    paths = describe()["paths"]
    return {
        operation["operationId"]: operation
        for methods in paths.values()
        for operation in methods.values()
    }


def test_the_committed_description_is_current() -> None:
    assert COMMITTED.read_text() == text(), "run: make openapi"


def test_every_operation_has_a_name_a_summary_and_its_problems() -> None:
    count = sum(len(methods) for methods in describe()["paths"].values())

    assert len(operations()) == count
    for name, operation in operations().items():
        assert name.isidentifier()
        assert operation["summary"]
        assert {"422", "500", "503"} <= operation["responses"].keys()


def test_no_number_in_a_query_or_path_is_larger_than_the_databases_can_hold() -> None:
    """Whatever its column: SQLite and PostgreSQL answer what is larger with an error of theirs."""
    unbounded = [
        (name, parameter["name"])
        for name, operation in operations().items()
        for parameter in operation.get("parameters", ())
        for schema in parameter["schema"].get("anyOf", [parameter["schema"]])
        if schema.get("type") == "integer" and schema.get("maximum", 2**63) >= 2**63
    ]

    assert unbounded == []


def test_every_operation_says_who_is_refused_and_what_may_not_be_there() -> None:
    for path, methods in describe()["paths"].items():
        for operation in methods.values():
            needed = {"401", "403", "429"} if "x-role" in operation else set[str]()
            needed |= {"404"} if "_id}" in path else set[str]()
            assert needed <= operation["responses"].keys(), operation["operationId"]


def test_every_list_is_paged_filtered_sorted_and_cut_to_fields() -> None:
    lists = {
        name: {each["name"] for each in operation["parameters"]}
        for name, operation in operations().items()
        if "#/components/schemas/Page_" in str(operation["responses"].get("200"))
    }
    # What is told of the change feed has one order, and a scope that SQL does not know.
    of_the_feed = {"list_events", "list_events_of_emulator"}

    assert len(lists) > 15
    for name, asked in lists.items():
        assert {"cursor", "limit"} <= asked, name
        if name not in of_the_feed:
            assert {"filter", "sort", "fields", "count"} <= asked, name


def test_every_problem_is_described_as_one() -> None:
    for operation in operations().values():
        for status, response in operation["responses"].items():
            if status >= "400" and "HealthOut" not in str(response):
                assert list(response["content"]) == ["application/problem+json"]


def test_secrets_go_in_and_never_out() -> None:
    schemas = describe()["components"]["schemas"]

    givers = {
        name for name, schema in schemas.items() if "password" in schema.get("properties", {})
    }

    people = {"LoginIn", "SetupIn", "UserIn", "UserPatch"}
    assert givers == {"WorkstationIn", "WorkstationPatch", *people}
    assert "writeOnly" in str(schemas["WorkstationIn"]["properties"]["password"])


def test_what_is_answered_has_no_optional_fields() -> None:
    for name, schema in describe()["components"]["schemas"].items():
        if name.endswith("Out"):
            assert set(schema["required"]) == set(schema["properties"]), name


def test_every_reference_leads_somewhere() -> None:
    document = describe()
    known = set(document["components"]["schemas"])

    used = {
        part.split('"')[0].split("'")[0]
        for part in str(document).split("#/components/schemas/")[1:]
    }

    assert used <= known


def _bodies() -> dict[str, dict[str, Any]]:
    return {
        name: content
        for name, operation in operations().items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    }


def test_every_body_has_an_example_that_fits_its_schema() -> None:
    components = describe()["components"]

    for name, content in _bodies().items():
        assert "example" in content, f"{name}: add one to ldfleet/api/examples.py"
        checked = Draft202012Validator({**content["schema"], "components": components})
        faults = [fault.message for fault in checked.iter_errors(content["example"])]
        assert faults == [], name


def test_every_operation_says_which_role_it_needs() -> None:
    without = {name for name, operation in operations().items() if "x-role" not in operation}

    assert without == {
        "get_health",
        "get_version",
        "show_setup",
        "set_up",
        "login",
        "refresh",
        "fetch_app",
    }
