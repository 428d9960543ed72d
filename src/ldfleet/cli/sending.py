"""What is sent, checked before it leaves."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ldfleet import errors

M = TypeVar("M", bound=BaseModel)


def built(model: type[M], given: Mapping[str, Any]) -> M:
    """The model of what was given. Raises ValidationFailed, as the server would."""
    try:
        return model.model_validate(given)
    except ValidationError as exc:
        faults = [
            {"field": ".".join(map(str, fault["loc"])), "reason": fault["msg"]}
            for fault in exc.errors(include_input=False, include_url=False)
        ]
        summary = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in faults)
        raise errors.ValidationFailed(summary=summary, errors=faults) from None
