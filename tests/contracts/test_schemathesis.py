"""Whatever fits the OpenAPI document is answered as the document says, never by a crash."""

import asyncio
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as of_openapi

from ldfleet.api.openapi import describe
from support.edges import an_edge, listening
from support.stores import a_workstation, an_emulator, an_operation

SOAK = os.environ.get("LDFLEET_SOAK") == "1"
EXAMPLES = 100 if SOAK else 2
# An endless stream; ways out of this machine; the end of the session that asks.
LEFT_OUT = {"follow_events", "test_draft_connection", "test_workstation_connection", "logout"}
# schemathesis is typed in part only
_general: Any = checks
_named: Any = of_openapi
CHECKS: list[Any] = [
    _general.not_a_server_error,
    _named.status_code_conformance,
    _named.content_type_conformance,
    _named.response_schema_conformance,
]
FINE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def operations(url: str) -> Iterator[Any]:
    schema: Any = schemathesis.openapi.from_dict(describe())
    schema.config.update(base_url=url)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw.get("operationId") not in LEFT_OUT:
            yield operation


def ask_everything(url: str, headers: dict[str, str]) -> list[str]:
    faults: list[str] = []
    for operation in operations(url):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=not SOAK,
            phases=[Phase.generate],
            suppress_health_check=FINE,
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            response = case.call(headers=headers, timeout=10)
            case.validate_response(response, checks=CHECKS)

        try:
            ask()
        except Exception as error:  # noqa: BLE001 - every kind of fault is gathered, and told below
            faults.append(f"{operation.label}: {error}")
    return faults


@pytest.mark.parametrize("who", ["admin", "stranger"])
async def test_the_server_keeps_its_word(
    pytestconfig: pytest.Config, tmp_path: Path, who: str
) -> None:
    async with an_edge(pytestconfig, tmp_path) as edge:
        await edge.floor.put(a_workstation(), an_emulator(1), an_emulator(2))
        await edge.floor.put(an_operation(1))
        headers = {"Authorization": f"Bearer {edge.token}"} if who == "admin" else {}
        async with listening(edge.app) as url:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                faults = await asyncio.to_thread(ask_everything, url, headers)

    assert faults == []
