"""What is sent, checked before it leaves."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ldfleet import errors
from ldfleet.wording import rule_of

M = TypeVar("M", bound=BaseModel)


def only_given(**options: Any) -> dict[str, Any]:
    """What was given of the options."""
    return {name: value for name, value in options.items() if value is not None}


def change_of(model: type[M], changes: Mapping[str, Any]) -> M:
    """A patch of what was given. Raises FieldInvalid where that is nothing."""
    if not changes:
        raise errors.FieldInvalid(field="options", reason="nothing to change was given")
    return built(model, changes)


def built(model: type[M], given: Mapping[str, Any]) -> M:
    """The model of what was given. Raises ValidationFailed, as the server would."""
    try:
        return model.model_validate(given)
    except ValidationError as exc:
        faults = [
            {
                "field": ".".join(map(str, fault["loc"])),
                "reason": rule_of(fault["type"], fault["msg"], fault.get("ctx")),
            }
            for fault in exc.errors(include_input=False, include_url=False)
        ]
        summary = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in faults)
        raise errors.ValidationFailed(summary=summary, errors=faults) from None
