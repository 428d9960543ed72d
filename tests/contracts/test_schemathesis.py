"""Whatever fits the OpenAPI document is answered as the document says, never by a crash.

All who may come ask every route, on both databases, for what is there and for what is not.
With LDFLEET_SOAK=1 each asks on both, and often; LDFLEET_EXAMPLES says how often.
"""

import asyncio
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as of_openapi
from structlog.testing import capture_logs

from ldfleet.api.openapi import describe
from ldfleet.api.rates import RateLimiter
from ldfleet.domain.actor import Role, Scope
from support.accounts import Person, a_person, the_people
from support.edges import Edge, an_edge, listening
from support.everything import NOWHERE, Everything

SOAK = os.environ.get("LDFLEET_SOAK") == "1"
EXAMPLES = int(os.environ.get("LDFLEET_EXAMPLES", "20" if SOAK else "1"))
ENDLESS = "follow_events"
UNPROCESSABLE = 422
LAST = ("change_password", "end_other_sessions", "logout")
"""They may end the session that asks."""
REACHING = {"add_workstation", "change_workstation", "test_draft_connection"}
"""They name a host, which nobody is to be asked for."""
EAST = Scope(tags=frozenset({"east"}))
WHO: Mapping[str, tuple[Role, Scope | None] | None] = {
    "admin": (Role.ADMIN, None),
    "operator": (Role.OPERATOR, None),
    "viewer": (Role.VIEWER, None),
    "east": (Role.OPERATOR, EAST),
    "stranger": None,
}
_ALL = [(who, kind) for kind in ("sqlite", "postgresql") for who in WHO]
PAIRS = _ALL if SOAK else _ALL[::2]
"""Each of them on one of the databases at least."""
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
    every = [each.ok() for each in schema.get_all_operations()]
    found = {each.definition.raw["operationId"]: each for each in every}
    last = [found.pop(name) for name in LAST]
    del found[ENDLESS]
    yield from (*found.values(), *last)


class Asker:
    """Asks in a thread of its own, and keeps what is wrong with the answers."""

    def __init__(self, person: Person | None) -> None:
        self.faults: dict[str, str] = {}
        self.session = requests.Session()
        if person is not None:
            self.session.headers["Authorization"] = f"Bearer {person.token}"

    def ask_often(self, operation: Any, ids: Mapping[str, str]) -> None:
        """For what is there, and for what is made up."""

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=not SOAK,
            phases=[Phase.generate],
            suppress_health_check=FINE,
        )
        @given(case=operation.as_strategy(), made_up=st.booleans(), unversioned=st.booleans())
        def ask(case: Any, *, made_up: bool, unversioned: bool) -> None:
            if not made_up:
                named: dict[str, Any] = case.path_parameters or {}
                case.path_parameters = {name: ids.get(name, named[name]) for name in named}
            self._ask(case, {} if unversioned else {"If-Match": "*"})

        ask()

    def _ask(self, case: Any, headers: Mapping[str, str]) -> None:
        if case.operation.definition.raw["operationId"] in REACHING and "host" in case.body:
            case.body.update(host=NOWHERE.host, port=NOWHERE.port)
        if "wait" in (case.query or {}):
            case.query["wait"] = 0
        response = case.call(session=self.session, headers=headers, timeout=10)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                wrong = f"{case.operation.label} {response.status_code}: {failure}"
                self.faults.setdefault(wrong, case.as_curl_command())
        if response.status_code == UNPROCESSABLE:
            for fault in response.json().get("errors", ()):
                if fault["reason"][:1].isupper():  # pydantic's sentences begin so, ours don't
                    wrong = f"{case.operation.label}: {fault['field']}: {fault['reason']}"
                    self.faults.setdefault(wrong, case.as_curl_command())


async def ask_everything(edge: Edge, url: str, who: str) -> Mapping[str, str]:
    known = WHO[who]
    person = None
    if known is not None:
        people = the_people(edge.floor)
        person = await a_person(people, f"the-{who}", known[0], scope=known[1])
    asker, everything = Asker(person), Everything(edge, person)
    ids = await everything.made()
    with asker.session:
        for operation in operations(url):
            await asyncio.to_thread(asker.ask_often, operation, ids)
            if operation.method == "delete":
                ids = await everything.made()
    return asker.faults


@pytest.mark.parametrize(("who", "kind"), PAIRS)
async def test_the_server_keeps_its_word(
    pytestconfig: pytest.Config, tmp_path: Path, who: str, kind: str
) -> None:
    async with an_edge(pytestconfig, tmp_path, kind=kind) as edge:
        unlimited = RateLimiter(clock=edge.floor.clock, rate=0, burst=0)
        edge.app.state.services = replace(edge.services, limiter=unlimited)
        async with listening(edge.app) as url:
            # What crashes is an answer like others here: its stack would be drawn for minutes.
            with warnings.catch_warnings(), capture_logs():
                warnings.simplefilter("ignore")
                faults = await ask_everything(edge, url, who)

    assert not faults, "\n\n".join(f"{wrong}\n{how}" for wrong, how in faults.items())
