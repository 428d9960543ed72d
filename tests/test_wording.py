"""What pydantic finds wrong is told in our words."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from ldfleet.wire.workstations import WorkstationIn
from ldfleet.wording import rule_of

GOOD = {"name": "pc-01", "host": "10.0.0.5", "username": "farm", "password": "hunter2"}


def told(model: type[BaseModel], sent: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(sent)
    return {
        str(fault["loc"][-1] if fault["loc"] else ""): rule_of(
            fault["type"], fault["msg"], fault.get("ctx")
        )
        for fault in refused.value.errors(include_input=False)
    }


@pytest.mark.parametrize(
    ("sent", "field", "rule"),
    [
        ({"port": "many"}, "port", "it must be a whole number"),
        ({"port": 2.5}, "port", "it must be a whole number"),
        ({"tls": "perhaps"}, "tls", "it must be true or false"),
        ({"name": None}, "name", "it must be text"),
        ({"tags": "qa"}, "tags", "it must be a list"),
        ({"limits": 3}, "limits", "it must be an object"),
        ({"transport": "telnet"}, "transport", "it must be one of 'winrm', 'ssh' or 'local'"),
        ({"nonsense": 1}, "nonsense", "there is no such field"),
    ],
)
def test_a_rule_is_told_instead_of_pydantics_sentence(
    sent: dict[str, Any], field: str, rule: str
) -> None:
    assert told(WorkstationIn, {**GOOD, **sent}) == {field: rule}


def test_what_is_missing_is_needed() -> None:
    missing = told(WorkstationIn, {key: GOOD[key] for key in GOOD if key != "name"})

    assert missing == {"name": "it is needed"}
